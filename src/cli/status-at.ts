import { historyFile } from '../agent/history/history-file.ts';
import { openHistoryReader } from '../agent/history/open-reader.ts';
import { namespaceLabel } from '../agent/sample.ts';
import type { Report } from '../diagnosis/report.ts';
import { narrowReport } from '../diagnosis/report-narrow.ts';
import { printable } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatInstant } from '../tcp/instant-text.ts';
import type { StatusFlags } from './status-flags.ts';

/**
 * The machine as the history holds it.
 *
 * @param atMs milliseconds since 1970
 * @throws FourtupleError FT_HISTORY, FT_PRIVILEGE, FT_UNSUPPORTED where it cannot be read; FT_HISTORY where it holds
 *   nothing of then; FT_NAMESPACE where it holds another namespace
 */
export async function reportAt(atMs: number, flags: StatusFlags, top: number): Promise<Report> {
  const reader = await openHistoryReader(flags.history ?? historyFile(process.env));
  try {
    const report = reader.at(atMs);
    if (report === null) throw nothingThen(atMs, reader.span());
    return narrowReport(ofNamespace(report, flags.netns), top, flags.lane);
  } finally {
    reader.close();
  }
}

function nothingThen(
  atMs: number,
  span: { readonly sinceMs: number; readonly untilMs: number } | null,
): FourtupleError {
  const text = (ms: number): string => formatInstant(new Date(ms).toISOString());
  return new FourtupleError('FT_HISTORY', `nothing was recorded in the two minutes before ${text(atMs)}`, {
    hint:
      span === null
        ? 'The history is empty: fourtuple agent records it.'
        : `The history reaches from ${text(span.sinceMs)} to ${text(span.untilMs)}.`,
  });
}

function ofNamespace(report: Report, wanted: string | undefined): Report {
  if (wanted === undefined || wanted === 'all') return report;
  const namespaces = report.namespaces.filter((one) => namespaceLabel(one) === wanted || `${one.inode}` === wanted);
  if (namespaces.length === 0) {
    const known = report.namespaces.map((one) => printable(namespaceLabel(one))).join(', ');
    throw new FourtupleError('FT_NAMESPACE', `the history holds no namespace '${printable(wanted)}' then`, {
      hint: known === '' ? 'It holds none.' : `It holds: ${known}.`,
    });
  }
  const inodes = namespaces.map(({ inode }) => inode);
  const findings = report.findings.filter(
    ({ namespace, namespaceInode }) => namespace === null || inodes.includes(namespaceInode),
  );
  return { ...report, namespaces, findings };
}
