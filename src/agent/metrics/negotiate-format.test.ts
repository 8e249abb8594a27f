import { describe, expect, it } from 'vitest';
import { type MetricsFormat, negotiateFormat } from './negotiate-format.ts';

describe('the format of an answer', () => {
  it.each<[string, MetricsFormat, string | null | undefined]>([
    ['nothing is asked for', 'text', undefined],
    ['nothing is said', 'text', ''],
    ['anything will do', 'text', '*/*'],
    ['a browser asks', 'text', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    ['OpenMetrics is asked for', 'openmetrics', 'application/openmetrics-text'],
    ['it is written otherwise', 'openmetrics', 'Application/OpenMetrics-Text ; Version="1.0.0" ; Q=0.5'],
    [
      'Prometheus 2 asks',
      'openmetrics',
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
    ],
    [
      'Prometheus 3 asks',
      'openmetrics',
      'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,/;q=0.1',
    ],
    ['a version is asked for that we do not speak', 'text', 'application/openmetrics-text;version=0.0.1'],
    ['text is preferred', 'text', 'application/openmetrics-text;q=0.3,text/plain'],
    ['OpenMetrics is refused', 'text', 'application/openmetrics-text;q=0,*/*'],
    ['its weight is no number', 'text', 'application/openmetrics-text;q=much'],
    ['it is rubbish', 'text', ';;=,=;q=,,application/openmetrics'],
  ])('where %s is %s', (_, format, accept) => {
    expect(negotiateFormat(accept)).toBe(format);
  });
});
