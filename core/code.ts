import { randomInt } from 'node:crypto'

/** Codes that people copy from one chat into another: groups of four letters and digits nobody mixes up. */

const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/** A random code: "K7Q2-9XWB" for two groups, with 20 bits in each. */
export const newCode = (groups: number): string =>
  Array.from({ length: groups }, () =>
    Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-')

/** A code as we write it, however it was typed. */
export const spelled = (code: string): string =>
  code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll(/(.{4})(?=.)/g, '$1-')
