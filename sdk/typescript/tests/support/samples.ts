// What samples of code have in common: they compile as strictly as anybody may, and print what the comment beside each
// `console.log` says (`…` stands for anything).
import assert from 'node:assert/strict';
import ts from 'typescript';

/** Takes what a sample prints, by the line that prints it. */
export type Print = (line: number, ...words: unknown[]) => void;

/** A sample as a file. */
export interface SampleFile {
  /** Where it stands for its reader. */
  place: string;
  /** Where it was written to be compiled. */
  path: string;
}

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: ['node'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

/** What the compiler says against these files. */
export function problemsOf(files: SampleFile[]): string[] {
  const program = ts.createProgram(
    files.map(({ path }) => path),
    OPTIONS,
  );
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const place = files.find(({ path }) => path === diagnostic.file?.fileName)?.place;
    return `${place}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`;
  });
}

/** The lines of a sample, calling `print` with their number instead of the console. */
export function withPrint(code: string): string[] {
  return code.split('\n').map((line, index) => line.replace('console.log(', `print(${index}, `));
}

/** A `print` and what it was given. */
export function printer(): { printed: [line: number, text: string][]; print: Print } {
  const printed: [line: number, text: string][] = [];
  const print: Print = (line, ...words) => {
    printed.push([line, words.map(String).join(' ')]);
  };
  return { printed, print };
}

/** Each line printed what the comment beside it promises. */
export function assertPrinted(code: string, printed: [line: number, text: string][]): void {
  for (const [line, expected] of expectations(code)) {
    const texts = printed.filter(([at]) => at === line).map(([, text]) => text);
    assert.ok(texts.length > 0, `line ${line} printed nothing, not “${expected}”`);
    for (const text of texts) assert.match(text, patternOf(expected), `line ${line}`);
  }
}

function expectations(code: string): [line: number, expected: string][] {
  return code.split('\n').flatMap((line, index) => {
    const comment = /console\.log\(.*\);? \/\/ (.+)$/.exec(line)?.[1];
    return comment === undefined ? [] : [[index, comment] as [number, string]];
  });
}

function patternOf(expected: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${expected.split('…').map(literal).join('.*')}$`, 's');
}
