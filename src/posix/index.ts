/** POSIX, and what else is documented of cancellation points, as data. */
export { SIGNAL_FUNCTIONS, type SignalFunction, type SignalUse } from './signals.js';
export { documentedOf, type Documented } from './documented.js';
export { Lists, POSIX_LISTS, type Asked, type OwnLists } from './own.js';
export { conditionOf, isForbidden, isOfPosix, isOpen, newestOf, posixOf, REQUIRED } from './standing.js';
export { STANDARDS, type Condition, type Standard, type Standing } from './types.js';
