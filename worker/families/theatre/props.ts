import type { Tint } from './scene.ts'

/** Things that no word named. */

/** Animals that have a picture of their own for when they stand upright: `<noun>-upright`. */
export const guises: ReadonlySet<string> = new Set(['black-cat', 'poodle', 'leopard'])

/** Colours of those that another animal plays. */
export const coats: Readonly<Record<string, Tint>> = { ox: 'brown', donkey: 'grey' }

/** What one wears to look like somebody; a suit, if nothing better is known. */
export const costumes: Readonly<Record<string, string>> = {
  'female-dancer': 'dress',
  princess: 'crown',
  king: 'crown',
  prince: 'crown',
  pirate: 'top-hat',
  wizard: 'wizard-hat',
  witch: 'wizard-hat',
  knight: 'armour',
  superhero: 'scarf',
  cook: 'lab-coat',
  doctor: 'lab-coat',
  scientist: 'lab-coat',
  'santa-claus': 'scarf',
  cowboy: 'billed-cap',
  'construction-worker': 'rescue-workers-helmet',
}

/** What fills a gap, by use; each must please with any partner. */
export const implied: Record<string, readonly string[]> = {
  doer: ['cat', 'penguin', 'panda', 'rabbit', 'fox', 'dog'],
  prey: ['butterfly', 'mouse', 'baby-chick'],
  edible: ['pizza', 'red-apple', 'cookie', 'ice-cream', 'birthday-cake'],
  ball: ['soccer-ball', 'basketball', 'volleyball'],
  ride: ['horse', 'skateboard', 'bicycle', 'motorcycle'],
  wear: ['top-hat', 'sunglasses', 'crown', 'scarf'],
  hold: ['balloon', 'bouquet', 'umbrella', 'lantern'],
  instrument: ['guitar', 'violin', 'drum', 'trumpet'],
  burst: ['fireworks', 'firecracker'],
}
