/** The window in a file of machine code, ready to be explained. */
import { UserError } from '../engine/user-error.js';
import type { Target } from '../ir/types.js';
import type { Libc } from '../libc/types.js';
import { didYouMean } from '../linter/nearest.js';
import { findWindows, type FileWindow } from '../x86/binary/file-windows.js';
import { runnable } from '../x86/binary/prove.js';
import { loadDecoder } from '../x86/decode/decoder.js';
import { isArchive, readArchive } from '../x86/object/archive.js';
import { ObjectError } from '../x86/object/error.js';
import type { ExplainRequest } from './explain.js';
import type { CodePlace } from './model.js';

export interface MachineCodeRequest {
  /** As it is called in messages. */
  readonly file: string;
  readonly data: Uint8Array;
  /** Of an archive. */
  readonly member: string | undefined;
  /** The function that holds the window. */
  readonly name: string | undefined;
  readonly target: Target | undefined;
  readonly libcs: readonly Libc[];
}

/** Throws a `UserError` where there is not one window. */
export async function openMachineCode(request: MachineCodeRequest): Promise<ExplainRequest> {
  const found = await onlyWindow(request);
  const { libc, window, name, file, at, condition } = found;
  const { map } = window;
  const { target } = map.image;
  if (request.target !== undefined && request.target !== target)
    throw new UserError(`${name} is for ${target}, not for ${request.target}`);
  const decoder = await loadDecoder(map.object.machine === 'i386' ? 32 : 64);
  try {
    const verify = runnable({ window, decoder, libc, file: name, container: { file, at } });
    return { ...verify, libc, condition, codeAt: (address, length) => placeOf(found, address, length) };
  } catch (error) {
    if (error instanceof ObjectError) throw new UserError(`${name}: ${error.message}`);
    throw error;
  }
}

const MOST_LISTED = 10;

async function onlyWindow({ file, data, member, name, libcs }: MachineCodeRequest): Promise<FileWindow> {
  if (member !== undefined) checkMember(file, data, member);
  const { windows, problems, notices } = await findWindows([{ file, data }], libcs);
  const shown = member === undefined ? file : `${file}(${member})`;
  const inFile = windows.filter((one) => member === undefined || one.name === shown);
  const named = inFile.filter(({ window }) => name === undefined || window.routine?.name === name);
  const [only, ...more] = named;
  if (!only) {
    const [first] = inFile;
    if (first)
      throw new UserError(`The window of ${shown} lies in ${first.window.routine?.name ?? '?'}, not in ${name ?? ''}`);
    const problem = problems.find((one) => one.file === shown) ?? problems.find((one) => one.file === file);
    if (problem) throw new UserError(`${problem.file}: ${problem.message}`);
    const notice = member === undefined ? notices.find(({ kind }) => kind === 'no-window') : undefined;
    throw new UserError(notice?.message ?? `${shown} holds no cancellation window of a libc that is known`);
  }
  if (more.length === 0) return only;
  const names = named.map((one) => one.name);
  const listed = `${names.slice(0, MOST_LISTED).join(', ')}${names.length > MOST_LISTED ? ', …' : ''}`;
  throw new UserError(
    `${shown} holds ${String(named.length)} windows: name one, as in ARCHIVE(MEMBER); there are ${listed}`,
  );
}

function checkMember(file: string, data: Uint8Array, member: string): void {
  if (!isArchive(data)) throw new UserError(`${file} is no archive, and has no members`);
  try {
    const names = readArchive(data).members.map((one) => one.name);
    if (!names.includes(member)) throw new UserError(`${file} has no member ${member}${didYouMean(member, names)}`);
  } catch (error) {
    if (error instanceof ObjectError) throw new UserError(`${file}: ${error.message}`);
    throw error;
  }
}

function placeOf({ window: { map }, at }: FileWindow, address: number, length: number): CodePlace | undefined {
  const found = map.find(address);
  if (!found) return undefined;
  const { section, at: distance } = found;
  const bytes = section.data.subarray(distance, distance + length);
  return {
    address: `0x${map.inFile(address).toString(16)}`,
    offset: at + section.offset + distance,
    bytes: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  };
}
