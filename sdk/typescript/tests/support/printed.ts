type Print = (...words: unknown[]) => void;

/** What a sample prints, line by line. It is given a console of its own. */
export async function printed(
  sample: (console: { log: Print; error: Print }) => Promise<void>,
): Promise<string[]> {
  const lines: string[] = [];
  const print = (...words: unknown[]) => {
    lines.push(words.map(String).join(' '));
  };
  await sample({ log: print, error: print });
  return lines;
}
