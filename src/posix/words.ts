/** Names in a text, between blanks. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
