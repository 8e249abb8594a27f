import type { Report } from '../diagnosis/report.ts';

/** Lanes that are turned into text at a time: some hundred kilobytes. */
const LANES_AT_ONCE = 500;

/**
 * Writes a report as JSON, indented by two spaces, piece by piece: half a million lanes are never one string.
 *
 * @param write takes a piece of text, and is awaited
 */
export async function writeReport(report: Report, write: (text: string) => Promise<void>): Promise<void> {
  const { namespaces, findings, ...head } = report;
  await write(`{\n${members(head)},\n  "namespaces": [`);
  for (const [index, { lanes, ...namespace }] of namespaces.entries()) {
    await write(`${index === 0 ? '' : ','}\n    {\n${indent(members(namespace), 4)},\n      "lanes": [`);
    for (let start = 0; start < lanes.length; start += LANES_AT_ONCE) {
      const texts = lanes.slice(start, start + LANES_AT_ONCE).map((lane) => `        ${JSON.stringify(lane)}`);
      await write(`${start === 0 ? '' : ','}\n${texts.join(',\n')}`);
    }
    await write(lanes.length === 0 ? ']\n    }' : '\n      ]\n    }');
  }
  await write(`${namespaces.length === 0 ? '' : '\n  '}],\n${members({ findings })}\n}\n`);
}

/** The members of an object as indented JSON, without its braces. */
function members(object: object): string {
  return JSON.stringify(object, null, 2).slice(2, -2);
}

function indent(text: string, spaces: number): string {
  return `${' '.repeat(spaces)}${text.replaceAll('\n', `\n${' '.repeat(spaces)}`)}`;
}
