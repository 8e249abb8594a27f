import type { Experiment } from '../experiment.ts';
import { haproxy } from '../proxy/haproxy.ts';
import { nginx } from '../proxy/nginx.ts';
import { ProxyMeasurement } from '../proxy/proxy-measurement.ts';
import type { ProxyProgram } from '../proxy/proxy-program.ts';
import { relay } from '../proxy/relay.ts';
import { PROXY_PORT, Site } from '../proxy/site.ts';
import { startProxy } from '../proxy/variant-run.ts';
import { VARIANTS } from '../proxy/variants.ts';

export const proxyHaproxy: Experiment = proxyExperiment(haproxy);
export const proxyNginx: Experiment = proxyExperiment(nginx);
export const proxyRelay: Experiment = { ...proxyExperiment(relay), standsInFor: ['haproxy', 'nginx'] };

/** The article's set-up, on a host each: 4 clients, 1 proxy, 2 backends. As it is, then with each remedy. */
function proxyExperiment(program: ProxyProgram): Experiment {
  const { name, title, command, manners } = program;
  return {
    name: `proxy-${name}`,
    question: `When do the ports of ${title} end, between 4 clients and 2 backends, and what does each remedy change?`,
    remedies: VARIANTS.flatMap(({ remedy, manner }) => (remedy === null || !manners.includes(manner) ? [] : remedy.id)),
    programs: command === null ? [] : [command],
    seconds: 40,
    pace: 'waiting',
    open: async (stage) => {
      const site = await Site.open(stage);
      const asItIs = await startProxy(stage, site, program, VARIANTS[0]);
      const url = `http://${asItIs.proxy.addresses[0]}:${PROXY_PORT}/`;
      return {
        subject: asItIs.proxy.host,
        hint: `${title} answers at ${url}: \`ip netns exec client-1 curl ${url}\`, then \`ss -tan\`.`,
        run: () => ProxyMeasurement.run(stage, site, program, asItIs),
      };
    },
  };
}
