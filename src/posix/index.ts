/** POSIX, and what else is documented of cancellation points, as data. */
export { documentedOf, type Documented } from './documented.js';
export { standingOf, type OwnLists } from './own.js';
export { conditionOf, isForbidden, isOpen, newestOf, posixOf, REQUIRED } from './standing.js';
export { STANDARDS, type Condition, type Standard, type Standing } from './types.js';
