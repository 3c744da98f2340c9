/** glibc's tables of system calls. */
import { readSyscallList } from '../../src/engine/syscall-lists.js';

const text = `# File name\tCaller\tSyscall name\tArgs\tStrong name\tWeak names

read\t\t-\tread\t\tCi:ibU\t__libc_read\t__read read
lseek - lseek i:iii __libc_lseek !__lseek lseek@@GLIBC_2.0 old_lseek@GLIBC_2.0:GLIBC_2.1 # a comment
getpid\t-\tgetpid\tEi:\t__getpid
broken line
name - call i: 1bad
`;

test('a line is a function and its names', () => {
  const { functions, names } = readSyscallList('sysdeps/unix/syscalls.list', text, ['i386']);
  expect(
    functions.map((f) => {
      const [op] = f.blocks[0]?.ops ?? [];
      return op?.op === 'syscall' ? `${f.name} ${op.via} ${String(op.cancellable)} ${String(f.nameAt.line)}` : '';
    }),
  ).toEqual(['__libc_read read true 3', '__libc_lseek lseek false 4', '__getpid getpid false 5']);
  expect(names.map((n) => `${n.alias} ${n.of}${n.compat ? ' compat' : ''}`)).toEqual([
    '__read __libc_read',
    'read __libc_read',
    '__lseek __libc_lseek',
    'lseek __libc_lseek',
    'old_lseek __libc_lseek compat',
  ]);
});

test('a file of anything is no function', () => {
  expect(readSyscallList('syscalls.list', '\0\n\r\n\t\t\t\n{}', ['i386'])).toEqual({ functions: [], names: [] });
});
