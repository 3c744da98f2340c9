/** Whether a configuration has the shape that the schema describes, and what is wrong with it in one sentence. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as ajv from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { didYouMean } from '../linter/nearest.js';

/** What is wrong, and where. */
export interface Fault {
  /** JSON pointer of the value that is wrong, or of the object that has a wrong key. */
  readonly pointer: string;
  /** The key that is wrong itself. */
  readonly key?: string;
  readonly message: string;
}

export const SCHEMA = new URL('../../schema/cancelint.config.schema.json', import.meta.url);

let compiled: ValidateFunction | undefined;

/** The first fault, if there is one. */
export function faultOf(value: unknown): Fault | undefined {
  compiled ??= compile();
  if (compiled(value)) return undefined;
  const errors = compiled.errors ?? [];
  // What fails inside an `if` is told in front of the `if` itself.
  const [error] = errors.filter((one) => one.keyword !== 'if');
  return error ? describe(error) : { pointer: '', message: 'is not valid' };
}

/** The validator is loaded here, where there is a configuration: a run without one does not wait for it. */
function compile(): ValidateFunction {
  const { Ajv } = createRequire(import.meta.url)('ajv') as typeof ajv;
  const validator = new Ajv({ discriminator: true, allowUnionTypes: true, verbose: true });
  return validator.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')) as object);
}

function describe(error: ErrorObject): Fault {
  const pointer = error.instancePath;
  const params = error.params as Readonly<Record<string, unknown>>;
  const told = (message: string): Fault => ({ pointer, message });
  if (error.propertyName !== undefined) {
    const key = error.propertyName;
    return { pointer, key, message: `has the key "${short(key)}", which is not ${descriptionOf(error)}` };
  }
  switch (error.keyword) {
    case 'type':
      return told(`must be ${listed([params.type].flat().map(article), 'or')}`);
    case 'required':
      return told(`lacks "${String(params.missingProperty)}"`);
    case 'dependencies':
      return told(`has "${String(params.property)}" and lacks "${String(params.missingProperty)}"`);
    case 'additionalProperties': {
      const key = String(params.additionalProperty);
      return { pointer, key, message: `has an unknown key "${short(key)}"${didYouMean(key, keysOf(error))}` };
    }
    case 'enum':
      return told(oneOf(params.allowedValues as readonly unknown[]));
    case 'discriminator':
      return params.error === 'mapping'
        ? { pointer: `${pointer}/role`, message: `is no role${didYouMean(String(params.tagValue), rolesOf(error))}` }
        : told(`needs a "role"`);
    case 'minItems':
      return told(`must have ${String(params.limit)} or more entries`);
    case 'maxItems':
      return told(`must have ${String(params.limit)} entries or fewer`);
    case 'maxProperties':
      return told(`must have ${String(params.limit)} keys or fewer`);
    case 'minLength':
      return told('must not be empty');
    case 'maxLength':
      return told(`must have ${String(params.limit)} characters or fewer`);
    case 'minimum':
      return told(`must be ${String(params.limit)} or more`);
    case 'maximum':
      return told(`must be ${String(params.limit)} or less`);
    case 'pattern':
      return told(`must be ${descriptionOf(error)}`);
    default:
      return told(error.message ?? 'is not valid');
  }
}

function article(type: unknown): string {
  return type === 'null' ? 'null' : /^[aeio]/.test(String(type)) ? `an ${String(type)}` : `a ${String(type)}`;
}

function listed(words: readonly string[], last: string): string {
  const front = words.slice(0, -1).join(', ');
  return front === '' ? (words[0] ?? '') : `${front} ${last} ${words.at(-1) ?? ''}`;
}

function oneOf(values: readonly unknown[]): string {
  return `must be ${listed(
    values.map((one) => JSON.stringify(one)),
    'or',
  )}`;
}

/** A part of the schema, as far as messages are made of it. */
interface SchemaPart {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaPart>>;
  readonly oneOf?: readonly SchemaPart[];
  readonly const?: string;
}

const partOf = (error: ErrorObject): SchemaPart => (error.parentSchema ?? {}) as SchemaPart;

const keysOf = (error: ErrorObject): readonly string[] => Object.keys(partOf(error).properties ?? {});

const rolesOf = (error: ErrorObject): readonly string[] =>
  (partOf(error).oneOf ?? []).map((one) => one.properties?.role?.const ?? '');

function descriptionOf(error: ErrorObject): string {
  const { description = 'another text' } = partOf(error);
  return `${description.charAt(0).toLowerCase()}${description.slice(1)}`.replace(/\.$/, '');
}

const LONGEST = 60;

/** A key may be of any length. */
const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
