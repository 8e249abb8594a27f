import * as v from 'valibot';
import { printable } from '../linux/printable.ts';
import { INSTRUCTION_PLACES } from '../remedies/instruction.ts';
import { EFFORTS } from '../remedies/remedy.ts';
import { MAX_PORT } from '../tcp/port-range.ts';
import type { Report } from './report.ts';

const DEEPEST_EVIDENCE = 32;

/** Messages complete `… is 7, which is not`. */
const text = v.pipe(v.string('a text'), v.transform(printable));
const amount = v.pipe(v.number('a number'), v.finite('a finite number'));
const count = v.pipe(amount, v.safeInteger('a whole number'), v.minValue(0, 'a number of 0 or more'));
const port = v.pipe(count, v.maxValue(MAX_PORT, 'a port'));
const list = <Item extends v.GenericSchema>(item: Item): v.ArraySchema<Item, string> => v.array(item, 'a list');
const object = <Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, string> =>
  v.object(entries, 'an object');

const truth = v.boolean('true or false');
/** A field that came later than the first reports: they do not have it. */
const unknownUnlessGiven = <Item extends v.GenericSchema>(
  item: Item,
): v.OptionalSchema<v.NullableSchema<Item, null>, null> => v.optional(v.nullable(item, null), null);

const processes = list(object({ pid: count, name: text, unit: v.nullable(text), sockets: count }));

const blocker = object({
  kind: v.picklist(['listener', 'bound-idle', 'bound-before-connect'], 'a kind of blocker'),
  address: text,
  ports: text,
  count,
  processes,
});

const ports = object({
  low: port,
  high: port,
  size: count,
  reserved: count,
  blocked: count,
  usable: count,
  blockers: list(blocker),
});

const settings = object({
  tcpTwReuse: v.nullable(amount),
  tcpTwReuseDelaySeconds: v.nullable(amount),
  tcpTimestamps: v.nullable(amount),
  tcpMaxTwBuckets: v.nullable(amount),
  tcpFinTimeoutSeconds: v.nullable(amount),
  timeWaitSeconds: unknownUnlessGiven(amount),
});

const UNKNOWN_RATES = { second: null, tenSeconds: null, minute: null };
const rates = object({
  second: v.nullable(amount),
  tenSeconds: v.nullable(amount),
  minute: v.nullable(amount),
});

const network = object({
  samples: count,
  isPrivate: truth,
  roundTripSeconds: v.nullable(amount),
  roundTripVarianceSeconds: v.nullable(amount),
  retransmitTimeoutSeconds: unknownUnlessGiven(amount),
  segmentsSent: v.nullable(count),
  retransmittedShare: v.nullable(amount),
  reorderedShare: v.nullable(amount),
  timestampsShare: v.nullable(amount),
  bytesPerConnection: v.nullable(amount),
});

const lane = object({
  source: text,
  destination: text,
  port,
  device: v.nullable(text),
  slots: count,
  used: count,
  live: count,
  reclaimable: v.nullable(count),
  free: v.nullable(count),
  utilization: v.nullable(amount),
  states: v.record(text, count, 'an object'),
  pool: v.picklist(['lane', 'source'], "'lane' or 'source'"),
  opensPerSecond: v.nullable(amount),
  rates: v.optional(rates, UNKNOWN_RATES),
  holdSeconds: unknownUnlessGiven(amount),
  reuse: unknownUnlessGiven(truth),
  cliffAt: unknownUnlessGiven(count),
  secondsToCliff: v.nullable(amount),
  secondsToExhaustion: v.nullable(amount),
  settlesAt: v.nullable(amount),
  network: unknownUnlessGiven(network),
  processes,
  unit: v.nullable(text),
  attempts: unknownUnlessGiven(count),
  refusals: unknownUnlessGiven(count),
});

const countedLane = object({
  source: v.nullable(text),
  destination: text,
  port,
  attempts: count,
  refusals: count,
  since: text,
});

const totals = object({
  lanes: count,
  used: count,
  live: count,
  timeWait: count,
  outsideLanes: v.nullable(count),
  timeWaitOutsideLanes: v.nullable(count),
});

const namespace = object({
  inode: v.nullable(count),
  name: v.nullable(text),
  holder: v.nullable(object({ pid: count, name: text })),
  source: text,
  ports,
  settings,
  lanes: list(lane),
  counted: unknownUnlessGiven(list(countedLane)),
  lanesOmitted: count,
  totals,
  notes: list(text),
});

const instruction = object({
  where: v.picklist(INSTRUCTION_PLACES, 'where an instruction goes'),
  text,
  note: v.nullable(text),
});

const remedy = object({
  id: text,
  title: text,
  slots: v.nullable(amount),
  opensPerSecond: v.nullable(amount),
  gain: v.nullable(amount),
  safe: v.nullable(truth),
  reason: text,
  effort: v.picklist(EFFORTS, 'an effort'),
  possible: truth,
  missing: list(text),
  fix: unknownUnlessGiven(text),
  command: v.nullable(text),
  instructions: list(instruction),
});

const finding = object({
  code: text,
  severity: v.picklist(['info', 'warning', 'critical'], "'info', 'warning' or 'critical'"),
  namespace: v.nullable(text),
  namespaceInode: v.nullable(count),
  lane: v.nullable(object({ source: text, destination: text, port })),
  summary: text,
  explanation: text,
  evidence: v.pipe(
    v.record(text, v.unknown(), 'an object'),
    v.check((evidence) => isNestedAtMost(DEEPEST_EVIDENCE, evidence), `nested at most ${DEEPEST_EVIDENCE} deep`),
    v.transform((evidence): Record<string, unknown> => printableValues(evidence)),
  ),
  remedies: list(remedy),
  unhelpful: list(object({ what: text, why: text })),
});

/** What a report must hold. Members that it does not name may come from a newer version, and are left out. */
export const REPORT_SCHEMA: v.GenericSchema<unknown, Report> = object({
  schema: v.literal(1, '1'),
  takenAt: v.nullable(text),
  durationSeconds: amount,
  host: object({ name: v.nullable(text), kernel: v.nullable(text) }),
  namespaces: list(namespace),
  findings: list(finding),
});

function printableValue(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return value.map(printableValue);
  return typeof value === 'object' && value !== null ? printableValues(value) : value;
}

function printableValues(object: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [printable(key), printableValue(value)]));
}

/** Whether it is nested at most so deep: deeper, a recursion would break off. */
function isNestedAtMost(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((item) => isNestedAtMost(depth - 1, item));
}
