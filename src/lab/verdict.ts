import type { ExperimentReport, ExperimentResult, Finding, LabReport } from './lab-report.ts';

/** Whether predictions hold here: all that was measured agrees, and something was. */
export function holds({ experiments }: Pick<LabReport, 'experiments'>): boolean {
  const results = new Set(experiments.map(({ result }) => result));
  return results.has('agrees') && !results.has('differs') && !results.has('failed');
}

/** What came of a lab, in one sentence for each result: `12 of 12 experiments agree with their predictions.` */
export function describeVerdict({ experiments }: Pick<LabReport, 'experiments'>): string {
  const [only] = experiments;
  if (only === undefined) return 'There was no experiment.';
  if (experiments.length === 1) return `${only.name} ${ALONE[only.result]}.`;
  const named = (result: ExperimentResult): readonly string[] =>
    experiments.filter((one) => one.result === result).map(({ name }) => name);
  const agree = named('agrees').length;
  const sentences = [
    `${agree} of ${experiments.length} experiments ${agree === 1 ? 'agrees with its' : 'agree with their'} predictions.`,
    ...sentence(named('differs'), 'does not', 'do not'),
    ...sentence(named('failed'), 'broke off', 'broke off'),
    ...sentence(named('skipped'), 'cannot run here', 'cannot run here'),
  ];
  return sentences.join(' ');
}

const ALONE: Readonly<Record<ExperimentResult, string>> = {
  agrees: 'agrees with its predictions',
  differs: 'does not agree with its predictions',
  failed: 'broke off',
  skipped: 'cannot run here',
};

function sentence(names: readonly string[], one: string, several: string): string[] {
  return names.length === 0 ? [] : [`${listOf(names)} ${names.length === 1 ? one : several}.`];
}

function listOf(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** What the reader is to make of it, a sentence each; nothing where all is well. */
export function describeMeaning({ experiments }: Pick<LabReport, 'experiments'>): string[] {
  const first = (wanted: ExperimentResult): string | undefined =>
    experiments.find(({ result }) => result === wanted)?.name;
  const [differs, failed] = [first('differs'), first('failed')];
  return [
    ...(differs === undefined
      ? []
      : [
          `Our arithmetic does not hold on this kernel: please report it with the output of fourtuple lab run ${differs} --json.`,
        ]),
    ...(failed === undefined ? [] : ['What broke off tells nothing about the arithmetic; its reason stands with it.']),
  ];
}

/** How many findings agree: `4 of 4 agree`. */
export function describeFindings({ findings }: ExperimentReport): string {
  return `${findings.filter(({ agrees }) => agrees === true).length} of ${findings.length} agree`;
}

/** Predictions whose measurement is too far off. */
export function differing({ findings }: ExperimentReport): Finding[] {
  return findings.filter(({ agrees }) => agrees === false);
}
