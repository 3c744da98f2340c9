/**
 * Sparse memory of 4 KiB pages with permissions. Addresses are numbers: unsigned in i386, and in x86_64 the canonical
 * 48-bit addresses, the kernel's half being negative. A page comes to be when it is first touched, filled by its
 * region's function of the address.
 *
 * Forks share pages until one of them writes (a page belongs to the memory that may change it in place). While the
 * journal is open each write leaves what was there before, so that it can be undone.
 */
import { Fault, FROM_USER, PRESENT, WRITING, FETCHING } from './fault.js';

export const READ = 1;
export const WRITE = 2;
export const EXECUTE = 4;

export const PAGE = 4096;
const LAST = PAGE - 1;
const SLOTS = 64;

interface Page {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly permissions: number;
  owner: Memory;
}

export interface Region {
  readonly start: number;
  readonly size: number;
  /** A sum of READ, WRITE and EXECUTE. */
  readonly permissions: number;
  /** The byte at an address before anything is written there; zero without it. */
  readonly fill?: (address: number) => number;
}

/** What one write replaced. Entries are of 1, 2 or 4 bytes. */
interface Replaced {
  readonly address: number;
  readonly width: 1 | 2 | 4;
  readonly old: number;
}

/** Where the user's half of a 64-bit address space ends for Linux: a page before its end. */
const USER_END = 0x7ffffffff000;

export class Memory {
  private regions: Region[] = [];
  private pages = new Map<number, Page>();
  /** Pages that hold decoded instructions: writes to them are told to `onCodeWrite`. */
  private code = new Set<number>();
  private readonly readable: (Page | undefined)[] = new Array<Page | undefined>(SLOTS).fill(undefined);
  private readonly writable: (Page | undefined)[] = new Array<Page | undefined>(SLOTS).fill(undefined);
  private journal: Replaced[] | undefined;
  onCodeWrite: ((address: number, width: number) => void) | undefined;

  /** @param limit the number of address bits, 32 or 48. */
  constructor(readonly limit: 32 | 48) {}

  // Mapping

  /** Maps whole pages. A later region hides an earlier one, unless pages of it have been touched already. */
  map(region: Region): void {
    if (region.start % PAGE !== 0 || region.size % PAGE !== 0) throw new Error('regions are whole pages');
    this.regions.push(region);
    const first = region.start / PAGE;
    const last = first + region.size / PAGE;
    for (const number of [...this.pages.keys()]) if (number >= first && number < last) this.pages.delete(number);
    this.forgetSlots();
  }

  isMapped(address: number): boolean {
    return this.pageOf(Math.floor(address / PAGE)) !== undefined;
  }

  permissionsAt(address: number): number {
    return this.pageOf(Math.floor(address / PAGE))?.permissions ?? 0;
  }

  /** A second memory with the same contents; each sees only its own writes from here on. */
  fork(): Memory {
    const other = new Memory(this.limit);
    other.regions = [...this.regions];
    other.pages = new Map(this.pages);
    other.code = new Set(this.code);
    // Neither owns the shared pages any more: the first to write makes its copy.
    for (const page of this.pages.values()) page.owner = NOBODY;
    this.forgetSlots();
    return other;
  }

  watchCode(address: number, length: number): void {
    const last = Math.floor((address + length - 1) / PAGE);
    for (let number = Math.floor(address / PAGE); number <= last; number++) this.code.add(number);
    this.writable.fill(undefined);
  }

  private forgetSlots(): void {
    this.readable.fill(undefined);
    this.writable.fill(undefined);
  }

  private pageOf(number: number): Page | undefined {
    const page = this.pages.get(number);
    if (page) return page;
    const start = number * PAGE;
    const region = this.regions.findLast((r) => start >= r.start && start < r.start + r.size);
    if (!region) return undefined;
    const bytes = new Uint8Array(PAGE);
    if (region.fill) for (let n = 0; n < PAGE; n++) bytes[n] = region.fill(start + n);
    return this.keep(number, bytes, region.permissions);
  }

  private keep(number: number, bytes: Uint8Array, permissions: number): Page {
    const page = { number, bytes, view: new DataView(bytes.buffer), permissions, owner: this };
    this.pages.set(number, page);
    this.readable[number & (SLOTS - 1)] = undefined;
    return page;
  }

  /** The page of a read, or a page fault. */
  private pageToRead(address: number): Page {
    const number = address < 0x100000000 && address >= 0 ? address >>> 12 : Math.floor(address / PAGE);
    const slot = number & (SLOTS - 1);
    const cached = this.readable[slot];
    if (cached?.number === number) return cached;
    const page = this.pageOf(number);
    if (!page || (page.permissions & READ) === 0) throw this.fault(address, page, FROM_USER);
    this.readable[slot] = page;
    return page;
  }

  /** The page of a write, this memory's own, or a page fault. */
  private pageToWrite(address: number): Page {
    const number = address < 0x100000000 && address >= 0 ? address >>> 12 : Math.floor(address / PAGE);
    const slot = number & (SLOTS - 1);
    const cached = this.writable[slot];
    if (cached?.number === number) return cached;
    const page = this.pageOf(number);
    if (!page || (page.permissions & WRITE) === 0) throw this.fault(address, page, FROM_USER | WRITING);
    const own = this.ownPage(page);
    // A page of code stays out of the slots, so that each write to it comes by here.
    if (!this.code.has(number)) this.writable[slot] = own;
    return own;
  }

  private ownPage(page: Page): Page {
    return page.owner === this ? page : this.keep(page.number, page.bytes.slice(), page.permissions);
  }

  private fault(address: number, page: Page | undefined, code: number): Fault {
    // Linux says "present" of the kernel's half and of the user's last page, whatever is there.
    const present = address < 0 || address >= USER_END || (page !== undefined && page.permissions !== 0);
    return new Fault('#PF', present ? code | PRESENT : code, address);
  }

  /** The address after `address + by`, wrapped around the end of a 32-bit address space. */
  private after(address: number, by: number): number {
    const next = address + by;
    return this.limit === 32 ? next >>> 0 : next;
  }

  // Reads

  read8(address: number): number {
    return this.pageToRead(address).view.getUint8(address & LAST);
  }

  read16(address: number): number {
    const at = address & LAST;
    if (at > PAGE - 2) return this.read8(address) | (this.read8(this.after(address, 1)) << 8);
    return this.pageToRead(address).view.getUint16(at, true);
  }

  /** Signed. */
  read32(address: number): number {
    const at = address & LAST;
    if (at <= PAGE - 4) return this.pageToRead(address).view.getInt32(at, true);
    let value = 0;
    for (let n = 0; n < 4; n++) value |= this.read8(this.after(address, n)) << (8 * n);
    return value;
  }

  // Writes. Each checks all its bytes before it changes any.

  /** Faults when the bytes cannot all be written. For what is read first and written after. */
  requireWrite(address: number, width: number): void {
    this.pageToWrite(address);
    if ((address & LAST) + width > PAGE) this.pageToWrite(this.secondPage(address));
  }

  private secondPage(address: number): number {
    return this.after(address, PAGE - (address & LAST));
  }

  write8(address: number, value: number): void {
    const page = this.pageToWrite(address);
    const at = address & LAST;
    this.journal?.push({ address, width: 1, old: page.view.getUint8(at) });
    page.view.setUint8(at, value);
    if (this.code.size > 0) this.tell(address, 1);
  }

  write16(address: number, value: number): void {
    const at = address & LAST;
    if (at > PAGE - 2) return this.writeAcross(address, value, 2);
    const page = this.pageToWrite(address);
    this.journal?.push({ address, width: 2, old: page.view.getUint16(at, true) });
    page.view.setUint16(at, value, true);
    if (this.code.size > 0) this.tell(address, 2);
  }

  write32(address: number, value: number): void {
    const at = address & LAST;
    if (at > PAGE - 4) return this.writeAcross(address, value, 4);
    const page = this.pageToWrite(address);
    this.journal?.push({ address, width: 4, old: page.view.getInt32(at, true) });
    page.view.setInt32(at, value, true);
    if (this.code.size > 0) this.tell(address, 4);
  }

  write64(address: number, low: number, high: number): void {
    if ((address & LAST) > PAGE - 8) this.requireWrite(address, 8);
    this.write32(address, low);
    this.write32(this.after(address, 4), high);
  }

  private writeAcross(address: number, value: number, width: number): void {
    this.requireWrite(address, width);
    for (let n = 0; n < width; n++) this.write8(this.after(address, n), (value >>> (8 * n)) & 0xff);
  }

  private tell(address: number, width: number): void {
    if (this.code.has(Math.floor(address / PAGE))) this.onCodeWrite?.(address, width);
  }

  // From outside: no permissions are asked.

  /** The bytes there, undefined where one is not mapped. */
  peek(address: number, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length);
    for (let n = 0; n < length;) {
      const at = this.after(address, n);
      const page = this.pageOf(Math.floor(at / PAGE));
      if (!page) return undefined;
      const start = at & LAST;
      const part = page.bytes.subarray(start, Math.min(PAGE, start + length - n));
      bytes.set(part, n);
      n += part.length;
    }
    return bytes;
  }

  /** Writes whatever the permissions; false where an address is not mapped. */
  poke(address: number, bytes: Uint8Array): boolean {
    for (let n = 0; n < bytes.length; n++) if (!this.isMapped(this.after(address, n))) return false;
    bytes.forEach((byte, n) => {
      this.pokeByte(this.after(address, n), byte);
    });
    return true;
  }

  private pokeByte(address: number, value: number): void {
    const page = this.pageOf(Math.floor(address / PAGE));
    if (!page) return;
    const own = this.ownPage(page);
    this.journal?.push({ address, width: 1, old: own.view.getUint8(address & LAST) });
    own.view.setUint8(address & LAST, value);
    if (this.code.size > 0) this.tell(address, 1);
  }

  /** The byte of an instruction, or the page fault of its fetch. */
  fetch(address: number): number {
    const page = this.pageOf(Math.floor(address / PAGE));
    if (!page || (page.permissions & EXECUTE) === 0) throw this.fault(address, page, FROM_USER | FETCHING);
    return page.view.getUint8(address & LAST);
  }

  // Journal

  /** Opens the journal where it is closed, and answers its place now. */
  mark(): number {
    this.journal ??= [];
    return this.journal.length;
  }

  /** Takes back every write since the mark. */
  undoTo(mark: number): void {
    const { journal } = this;
    if (!journal) return;
    this.journal = undefined;
    for (let replaced = this.takeBack(journal, mark); replaced; replaced = this.takeBack(journal, mark)) {
      const { address, width, old } = replaced;
      for (let n = 0; n < width; n++) this.pokeByte(address + n, (old >>> (8 * n)) & 0xff);
    }
    this.journal = journal;
  }

  private takeBack(journal: Replaced[], mark: number): Replaced | undefined {
    return journal.length > mark ? journal.pop() : undefined;
  }

  get isJournalOpen(): boolean {
    return this.journal !== undefined;
  }

  /** Closes the journal: marks made before can no longer be gone back to. */
  closeJournal(): void {
    this.journal = undefined;
  }

  /** The bytes that differ from what they were at the mark, by address: `[before, now]`. */
  changedSince(mark: number): Map<number, readonly [number, number]> {
    const changed = new Map<number, readonly [number, number]>();
    const { journal } = this;
    for (let n = (journal?.length ?? 0) - 1; n >= mark; n--) {
      const entry = journal?.[n];
      if (!entry) continue;
      for (let k = 0; k < entry.width; k++) changed.set(entry.address + k, [(entry.old >>> (8 * k)) & 0xff, 0]);
    }
    for (const [address, [before]] of changed) {
      const now = this.peek(address, 1)?.[0] ?? 0;
      if (now === before) changed.delete(address);
      else changed.set(address, [before, now]);
    }
    return changed;
  }
}

/** Owner of shared pages. */
const NOBODY = new Memory(32);
