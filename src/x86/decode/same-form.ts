/** Compares canonical forms of which one was written with symbols, whose values the other has as numbers. */

/** True when they are equal, a `?` standing for any number. */
export function sameForm(one: string, other: string): boolean {
  return one === other || pattern(one).test(other) || pattern(other).test(one);
}

function pattern(form: string): RegExp {
  return new RegExp(`^${form.replace(/[.*+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '-?\\d+')}$`);
}
