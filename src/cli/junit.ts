import type { CheckedFile } from './check';

/** Results as JUnit XML, as servers of continuous integration read it. */
export function junit(files: readonly CheckedFile[]): string {
  const all = files.flatMap(({ checks }) => checks);
  const suites = files.map(({ checks, file, problems }) => {
    const faults = problems.map(({ line, message }) => testCase(file, `line ${line}`, line, 0, element('error', message)));
    const cases = checks.map(({ check, line, message, seconds, status }) =>
      testCase(file, check, line, seconds, status === 'passed' ? '' : element(status === 'failed' ? 'failure' : 'error', message)),
    );
    return `  <testsuite name="${escaped(file)}"${counts(checks, problems.length)}>\n${[...faults, ...cases].join('')}  </testsuite>\n`;
  });
  const problems = files.reduce((sum, file) => sum + file.problems.length, 0);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="headlight check"${counts(all, problems)}>\n${suites.join('')}</testsuites>\n`;
}

function counts(checks: CheckedFile['checks'], problems: number): string {
  const of = (wanted: string): number => checks.filter(({ status }) => status === wanted).length;
  const seconds = checks.reduce((sum, check) => sum + check.seconds, 0);
  return ` tests="${checks.length + problems}" failures="${of('failed')}" errors="${of('error') + problems}" time="${seconds.toFixed(3)}"`;
}

function testCase(file: string, name: string, line: number, seconds: number, inside: string): string {
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(file)}" file="${escaped(file)}" line="${line}" time="${seconds.toFixed(3)}"`;
  return inside === '' ? `${head}/>\n` : `${head}>\n${inside}    </testcase>\n`;
}

function element(name: 'failure' | 'error', message: string): string {
  return `      <${name} message="${escaped(message)}">${escaped(message)}</${name}>\n`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;', '\r': '&#13;' };

/** Text for XML 1.0, without the characters that it may not hold. */
function escaped(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '\ufffd').replace(/[&<>"\n\t\r]/g, (character) => entities[character]!);
}
