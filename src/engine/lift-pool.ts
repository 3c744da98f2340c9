/**
 * Lifts C files on several threads. What comes back is in the order of the jobs, so the number of threads changes
 * nothing but the time. Every thread gets all macros of the tree: which of them a file can reach is known only while it
 * is expanded, since names are pasted together.
 */
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Definition } from '../cpp/definitions.js';
import type { LiftedFile } from '../ir/types.js';
import type { LiftAnswer, LiftJob, LiftWork } from './lift-worker.js';

/** All definitions of a tree as bytes that every thread can read: they are copied once, not once a thread. */
export function share(definitions: readonly Definition[]): SharedArrayBuffer {
  const bytes = serialize(definitions);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/** Lifts every job. Throws what a front end threw, with the file's name. */
export async function liftOnWorkers(work: LiftWork, jobs: readonly LiftJob[], workers: number): Promise<LiftedFile[]> {
  const shares = Array.from({ length: Math.min(workers, jobs.length) }, (_, k) =>
    jobs.filter((_, i) => i % workers === k),
  );
  const answers = await Promise.all(shares.map((share) => ask(work, share)));
  return jobs.map((job, i) => {
    const answer = answers[i % workers]?.[Math.floor(i / workers)];
    if (!answer) throw new Error(`no answer for ${job.file}`);
    if ('error' in answer) throw new Error(`${job.file}: ${answer.error}`);
    return answer.lifted;
  });
}

function ask(work: LiftWork, jobs: readonly LiftJob[]): Promise<readonly LiftAnswer[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./lift-worker.js', import.meta.url), { workerData: work });
    const stop = (): void => void worker.terminate();
    worker.once('message', (answers: readonly LiftAnswer[]) => {
      resolve(answers);
      stop();
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new Error('a worker thread ended before it answered'));
    });
    worker.postMessage(jobs);
  });
}
