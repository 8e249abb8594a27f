/** Colours by what they are for; each is read on the background, so each has a contrast of 4.5 to it (WCAG 2.2, 1.4.3). */
export interface Colours {
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
  readonly calm: string;
  readonly warm: string;
  readonly full: string;
  readonly accent: string;
}

export const LIGHT: Colours = {
  background: '#ffffff',
  text: '#1c2128',
  quiet: '#59626d',
  calm: '#17763a',
  warm: '#8f5f00',
  full: '#c31f2b',
  accent: '#0a5fc4',
};

export const DARK: Colours = {
  background: '#11151b',
  text: '#e4e9ef',
  quiet: '#9aa4b0',
  calm: '#45b866',
  warm: '#d6a02a',
  full: '#ff6b66',
  accent: '#5ea4ff',
};

/** The whole style of the page: light and dark, wide, narrow and on paper. */
export const STYLE: string = `
:root{color-scheme:light dark;${variables(LIGHT)}--line:#d4dae1;--panel:#f4f6f8}
@media (prefers-color-scheme:dark){:root{${variables(DARK)}--line:#38414d;--panel:#1b212a}}
@media print{:root{color-scheme:light;${variables(LIGHT)}--line:#d4dae1;--panel:#fff}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 16px 48px;max-width:1080px;background:var(--background);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1,h2,h3{line-height:1.25;overflow-wrap:anywhere}
h1{font-size:1rem;margin:0;color:var(--quiet)}
h2{font-size:1.25rem;margin:40px 0 12px}
h3{font-size:1.0625rem;margin:0 0 8px}
p,li,dd,caption{overflow-wrap:anywhere}
.headline{font-size:1.5rem;line-height:1.3;font-weight:600;margin:4px 0 0}
.scroll{overflow-x:auto}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:24px}
figure{margin:0;min-width:0;max-width:520px;break-inside:avoid}
svg{display:block;font-family:system-ui,sans-serif;font-size:13px}
.chart,.bars{width:100%;height:auto}
.bars{max-width:520px}
text{fill:var(--text)}
.strong{font-weight:600}
.start{text-anchor:start}.middle{text-anchor:middle}.end{text-anchor:end}
.halo{paint-order:stroke;stroke:var(--background);stroke-width:4px;stroke-linejoin:round}
.host{fill:var(--panel);stroke:var(--quiet)}
.gateway{fill:var(--panel);stroke:var(--text);stroke-width:1.5}
.lanes{fill:none;stroke-width:1.5;stroke:var(--quiet)}
.lanes.unknown{stroke-dasharray:4 3}
.lanes.calm{stroke:var(--calm)}.lanes.warm{stroke:var(--warm)}.lanes.full{stroke:var(--full)}
.grid,.axis,.used,.refused,.cliff,.mark,.run{fill:none}
.grid{stroke:var(--line)}
.axis{stroke:var(--quiet)}
.used{stroke:var(--accent);stroke-width:2.5}
.refused{stroke:var(--full);stroke-width:2.5;stroke-dasharray:7 3}
.run{stroke:var(--accent);stroke-opacity:.7}
.uncounted{fill:var(--line);fill-opacity:.6}
.cliff{stroke:var(--warm);stroke-width:1.5;stroke-dasharray:2 3}
.mark{stroke:var(--quiet);stroke-width:1.5}
.mark.now{stroke:var(--text);stroke-width:2.5}
.mark.safe{stroke:var(--calm)}
.mark.limit{stroke:var(--full)}
text.now{font-weight:600}text.safe{fill:var(--calm)}text.limit{fill:var(--full)}
.bar,.arrow{fill:var(--accent)}
.key{list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;margin:12px 0 0;padding:0;font-size:.875rem}
.key span{display:inline-block;width:22px;height:0;border-top:3px solid var(--quiet);vertical-align:middle;margin-right:6px}
.key .unknown{border-top-style:dashed}
.key .calm{border-color:var(--calm)}.key .warm{border-color:var(--warm)}.key .full{border-color:var(--full)}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;margin:0 0 24px}
caption{text-align:left;color:var(--quiet);padding:0 0 6px}
th,td{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child{text-align:left;font-weight:400}
thead th,thead th:first-child{font-weight:600}
dt{font-weight:600}
dd{margin:0 0 8px}
@media (max-width:600px){.headline{font-size:1.25rem}h2{margin-top:32px}}
@media print{body{padding:0;max-width:none}.scroll{overflow:visible}.topology{max-width:100%;height:auto}h2,h3{break-after:avoid}tr{break-inside:avoid}svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

function variables(colours: Colours): string {
  return Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
}
