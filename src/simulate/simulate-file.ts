/** `cancelint simulate FILE[:FUNCTION]`: the text of a run, piece by piece as it comes to be. */
import { loadDecoder } from '../x86/decode/decoder.js';
import { JsonTrace } from './json.js';
import { setMemory, setRegisters } from './setup.js';
import { Simulation } from './simulation.js';
import { openSubject, type SubjectRequest } from './subject.js';
import { TextTrace } from './text.js';

export interface SimulateRequest extends SubjectRequest {
  /** `--set` and `--mem`, as typed. */
  readonly registers: readonly string[];
  readonly memory: readonly string[];
  /** At most so many steps are done. */
  readonly steps: number;
  readonly format: 'text' | 'json';
}

/** Runs it. Throws a `UserError` before the first piece where that cannot be done as asked. */
export async function* simulateFile(request: SimulateRequest): AsyncGenerator<string, void> {
  const subject = openSubject(request);
  const { image, name, address } = subject;
  const simulation = new Simulation(image, await loadDecoder(image.target === 'i386' ? 32 : 64));
  if (name === undefined) simulation.enterProgram(address);
  else simulation.enterFunction(address);
  setRegisters(simulation, request.registers);
  setMemory(simulation, request.memory);
  const trace = request.format === 'json' ? new JsonTrace(subject) : new TextTrace(subject, simulation);
  yield trace.begin();
  const run = simulation.run(request.steps);
  let steps = 0;
  let next = run.next();
  for (; next.done !== true; next = run.next(), steps++) yield trace.step(next.value);
  yield trace.end(next.value, steps);
}
