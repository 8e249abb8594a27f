import { FourtupleError } from '../tcp/error.ts';
import { askFleet } from './fleet/ask-fleet.ts';
import { openPrometheus } from './fleet/prometheus.ts';
import { type PrometheusAddress, parsePrometheusAddress, withTokenOf } from './fleet/prometheus-address.ts';
import type { FleetFlags } from './fleet-flags.ts';
import { print } from './output.ts';

const VARIABLE = 'FOURTUPLE_PROMETHEUS_URL';
/** What fits a screen, and what a program can take. */
const DEFAULTS_TEXT = { top: 20, lanes: 1 } as const;
const DEFAULTS_JSON = { top: 1_000, lanes: 5 } as const;

/** `fourtuple fleet`. */
export async function fleet(flags: FleetFlags): Promise<void> {
  const defaults = flags.json === true ? DEFAULTS_JSON : DEFAULTS_TEXT;
  const prometheus = openPrometheus(addressOf(flags), flags.timeout);
  const report = await askFleet(prometheus, {
    matchers: flags.match ?? [],
    top: flags.top ?? defaults.top,
    lanes: flags.lanes ?? defaults.lanes,
  });
  if (flags.json === true) {
    await print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const { renderFleet } = await import('./text/fleet-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    await print(renderFleet(report, screenOf(process.stdout, process.env)));
  }
}

function addressOf({ prometheus, tokenFile }: FleetFlags): PrometheusAddress {
  const text = prometheus ?? process.env[VARIABLE] ?? '';
  if (text === '') {
    throw new FourtupleError('FT_ARGUMENT', 'which Prometheus scrapes the agents is not said', {
      hint: `Write fourtuple fleet --prometheus http://localhost:9090, or set ${VARIABLE}.`,
    });
  }
  const address = parsePrometheusAddress(text);
  return tokenFile === undefined ? address : withTokenOf(address, tokenFile);
}
