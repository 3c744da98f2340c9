/** The shape of a rule. A rule sees the project's lifted code and its facts, never a syntax tree, a file system or a colour. */
import type { Lifted, Region, Target } from '../ir/types.js';
import type { Finding, Related, Severity, Step } from '../linter/finding.js';
import type { Project } from '../linter/project.js';

export type Category = 'window' | 'handler' | 'flag' | 'result' | 'held' | 'set' | 'tool';

export interface RuleMeta<MessageId extends string> {
  readonly category: Category;
  /** One sentence, no final stop, at most 100 characters. */
  readonly description: string;
  /** Two to four sentences: why it is a bug. */
  readonly explanation: string;
  /** Sentences without the final stop; `{name}` is replaced from the report's data. */
  readonly messages: Readonly<Record<MessageId, string>>;
  readonly severity: Severity;
  readonly presets: readonly ('recommended' | 'strict' | 'all')[];
  /** SARIF precision. */
  readonly precision: 'very-high' | 'high' | 'medium' | 'low';
  /** W numbers the rule can report. */
  readonly properties: readonly string[];
  /** Where the fact behind the rule stands: a POSIX section, a manual page, a bug. */
  readonly references: readonly string[];
}

export interface Report<MessageId extends string> {
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly at: Region;
  /** The function, macro or routine the finding is in. */
  readonly in?: Lifted;
  readonly targets?: readonly Target[];
  readonly properties?: readonly string[];
  readonly flow?: readonly Step[];
  readonly related?: readonly Related[];
  /** The statement reported, for the fingerprint; default: the message's id and the function. */
  readonly anchor?: string;
}

export interface RuleContext<MessageId extends string> {
  readonly project: Project;
  readonly report: (report: Report<MessageId>) => void;
  /** Says that a function was too much for the rule, which has not decided it, and why. `at`: default its name. */
  readonly incomplete: (f: Lifted, why: string, at?: Region) => void;
}

export interface Rule<MessageId extends string = string> {
  readonly id: string;
  readonly meta: RuleMeta<MessageId>;
  /** The rule follows calls, so everything that can lead to a cancellation point is lifted for it. */
  readonly needsProgram?: true;
  /** A run for one target is linked for another too. */
  readonly comparesTargets?: true;
  /** Looks at the whole project once. */
  run(context: RuleContext<MessageId>): void;
}

/** Keeps the union of message ids, so that a typo in a report fails compilation. */
export function defineRule<MessageId extends string>(rule: Rule<MessageId>): Rule {
  return rule;
}

/** Fills `{name}` placeholders. A missing one is a fault of the rule and throws. */
export function fill(template: string, data: Readonly<Record<string, string | number>> = {}): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (_, key: string) => {
    const value = data[key];
    if (value === undefined) throw new Error(`message needs {${key}}`);
    return String(value);
  });
}

export type { Finding };
