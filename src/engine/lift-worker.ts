/** A worker thread that lifts C files. It gets the macros of the tree and reads the files itself. */
import { join } from 'node:path';
import { deserialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { liftC } from '../c/front-end.js';
import { Knowledge } from '../c/knowledge.js';
import type { Definition } from '../cpp/definitions.js';
import { MacroTable } from '../cpp/macro-table.js';
import { LineMap } from '../cpp/prepared.js';
import type { LiftedFile, Target } from '../ir/types.js';
import { generic, libcs } from '../libc/index.js';
import { ownLibc, type OwnLibc } from '../libc/own.js';
import { Roles } from '../libc/roles.js';
import type { BuildPlan } from '../libc/types.js';
import { withPlan } from './build-plan.js';
import { readSource } from './read.js';
import { inTurns } from './turns.js';

export interface LiftJob {
  readonly file: string;
  readonly targets: readonly Target[];
  /** Functions of the file to lift although they do not concern cancellation themselves. */
  readonly wanted?: ReadonlySet<string>;
}

/** Everything a worker starts from. Plain data. */
export interface LiftWork {
  readonly root: string;
  readonly libc: string;
  readonly build: BuildPlan | undefined;
  /** What a configuration adds to that libc. */
  readonly own?: OwnLibc;
  /** `Definition[]`, serialised. */
  readonly definitions: SharedArrayBuffer;
}

/** One answer a job, in the order of the jobs. */
export type LiftAnswer = { readonly lifted: LiftedFile } | { readonly error: string };

/** Files between two turns of the event loop, in which the parser's trees are freed. */
const LIFTED = 50;

function serve(work: LiftWork): void {
  const known = [...libcs, generic].find((l) => l.name === work.libc);
  if (!known) throw new Error(`no libc is called ${work.libc}`);
  const libc = withPlan(work.own ? ownLibc(work.own, known) : known, work.build);
  const definitions = deserialize(Buffer.from(work.definitions)) as readonly Definition[];
  const knowledge = new Knowledge(new MacroTable(definitions, libc), new Roles(libc));
  const maps = new Map<string, LineMap>();
  const text = (file: string): string => readSource(join(work.root, file)).text;
  const lines = (file: string): LineMap => {
    let map = maps.get(file);
    if (!map) maps.set(file, (map = new LineMap(text(file))));
    return map;
  };
  parentPort?.on('message', (jobs: readonly LiftJob[]) => {
    void (async () => {
      const answers: LiftAnswer[] = [];
      await inTurns(jobs, LIFTED, ({ file, targets, wanted }) => {
        try {
          const asked = { file, text: text(file), targets, knowledge, lines, ...(wanted ? { wanted } : {}) };
          answers.push({ lifted: liftC(asked) });
        } catch (error) {
          answers.push({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
        }
      });
      parentPort?.postMessage(answers);
    })();
  });
}

serve(workerData as LiftWork);
