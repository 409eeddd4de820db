/** Lower case, without accents: how people search. */
export function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}

/** Whether every word of `query` begins some word of `text`, or stands inside it when three letters or more. */
export function matchesWords(text: string, query: string): boolean {
  const hay = plain(text);
  return plain(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) =>
      word.length > 2
        ? hay.includes(word)
        : hay.split(/[\s\-/.()]+/).some((w) => w.startsWith(word))
    );
}
