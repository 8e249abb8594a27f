import { STYLE } from '../../plan/page/style.ts';

/** What the page of a lab has beside what the page of a plan has: curves by their order, and results by their colour. */
export const LAB_STYLE: string = `${STYLE}
a{color:var(--accent)}
section.experiment{border-top:1px solid var(--line);margin-top:40px}
section.experiment h2{margin-top:24px;margin-bottom:4px}
.question{font-size:1.0625rem;margin:0 0 12px}
.about{color:var(--quiet);font-size:.875rem;margin:0 0 12px}
.result{font-weight:600;white-space:nowrap}
.agrees{color:var(--calm)}.differs,.failed{color:var(--full)}.skipped,.unmeasured{color:var(--warm)}
.loud{border-left:4px solid var(--full);padding:2px 0 2px 12px;margin:0 0 16px}
pre{font-size:.8125rem;white-space:pre-wrap;overflow-wrap:anywhere;background:var(--panel);padding:8px 12px;margin:0 0 16px}
th.text,td.text{text-align:left;padding-left:8px}
th.text:first-child{padding-left:0}
.findings thead th{white-space:nowrap}
.charts{margin:20px 0 28px}
.findings tbody th{min-width:11em}
td.text{min-width:9em}
td.mark,td.figure{white-space:nowrap}
.curve{fill:none;stroke-width:2.25;stroke-linejoin:round}
.curve-0{stroke:var(--accent)}.dot-0{fill:var(--accent)}
.curve-1{stroke:var(--full);stroke-dasharray:7 3}.dot-1{fill:var(--full)}
.curve-2{stroke:var(--calm);stroke-dasharray:2 3}.dot-2{fill:var(--calm)}
.curve-3{stroke:var(--warm);stroke-dasharray:9 3 2 3}.dot-3{fill:var(--warm)}
.curve-4{stroke:var(--text)}.dot-4{fill:var(--text)}
.curve-5{stroke:var(--quiet);stroke-dasharray:7 3}.dot-5{fill:var(--quiet)}
.notes{padding-left:20px}
@media (max-width:600px){.asks{display:none}.findings tbody th{min-width:8em}}
`;
