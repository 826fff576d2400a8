// What a noun is like on the stage: size, gait, what it can be used for. Art-independent.

const table = (text) =>
  Object.fromEntries(
    text
      .trim()
      .split(/\s+/)
      .map((pair) => {
        const [noun, value] = pair.split(':')
        return [noun, Number(value)]
      }),
  )
const set = (text) => new Set(text.trim().split(/\s+/))

/** Height of the sprite's square canvas in world units (the stage is 2 units high), by group and by noun. */
export const groupSize = {
  'ground-small': 0.52,
  'ground-large': 0.82,
  fly: 0.42,
  swim: 0.55,
  road: 0.72,
  air: 0.62,
  water: 0.78,
  person: 0.78,
  food: 0.38,
  nature: 0.62,
  sky: 0.5,
  building: 1.15,
  object: 0.42,
  effect: 0.42,
  face: 0.66,
}
export const sizes = table(`ant:.22 beetle:.3 lady-beetle:.26 cricket:.3 spider:.34 worm:.3 bug:.32 mouse:.36 rat:.4 snail:.36 hamster:.46
  cockroach:.26 baby-chick:.34 hatching-chick:.38 frog:.5 fox:.64 wolf:.7 raccoon:.6 chicken:.52 penguin:.58 koala:.64 cat-upright:.68
  dog-upright:.7 rabbit-upright:.68 mouse-upright:.56 monkey-upright:.7 pig-upright:.7 butterfly:.34 honeybee:.32 mosquito:.24 fly:.26
  elephant:1.1 mammoth:1.1 giraffe:1.2 sauropod:1.2 t-rex:1.1 dragon:1.05 unicorn:.95 horse:.95 whale:1 spouting-whale:1 shark:.8 dolphin:.7
  lion:.8 bear:.8 polar-bear:.8 panda:.74 moose:.82 boar:.72 orangutan:.7 shrimp:.36 lobster:.42 baby:.52 boy:.64 girl:.64 child:.64 angel:.6
  teddy-bear:.5 ghost:.66 alien-monster:.6 mecha:1.15 robot:.76 snowman:.74 fairy:.62 nesting-doll:.42 bicycle:.62 motorcycle:.7
  motor-scooter:.64 kick-scooter:.56 skateboard:.36 roller-skate:.34 bus:.95 articulated-lorry:.98 fire-engine:.92 locomotive:.96
  bullet-train:1 tram-car:.9 train:.85 high-speed-train:.95 monorail:.95 railway-car:.9 trolleybus:.9 racing-car:.78 minibus:.8
  rocket:.85 helicopter:.7 kite:.5 balloon:.46 airplane:.8 small-airplane:.68 flying-saucer:.66 ship:.95 passenger-ship:1.05 ferry:.95
  evergreen-tree:1 deciduous-tree:1 palm-tree:1 christmas-tree:.95 cactus:.58 mountain:1.15 volcano:1.2 mount-fuji:1.2
  snow-capped-mountain:1.2 desert-island:.85 bouquet:.46 rose:.42 tulip:.42 sunflower:.55 cherry-blossom:.32 hibiscus:.38 blossom:.34
  lotus:.42 hyacinth:.42 seedling:.36 maple-leaf:.3 fallen-leaf:.32 herb:.36 four-leaf-clover:.34 rock:.42 wood:.42 coral:.5
  spiral-shell:.34 ice:.38 sun:.55 sun-with-face:.55 full-moon:.55 full-moon-face:.55 rainbow:1.1 cloud:.6 snowflake:.3 earth:.7
  ringed-planet:.6 house:1 tent:.75 hut:.8 fountain:.7 carousel-horse:.75 moai:.8 castle:1.35 japanese-castle:1.3 office-building:1.35
  hotel:1.25 tokyo-tower:1.4 statue-of-liberty:1.3 ferris-wheel:1.25 street-lamp:.95 playground-slide:.85 crane:1.3
  couch-and-lamp:.85 bed:.8 chair:.55 table:.72 podium:.56 bathtub:.72 television:.55 desktop-computer:.5 door:.85 window:.6
  mirror:.5 shower:.45 toilet:.5 piano:.55 guitar:.54 violin:.46 drum:.42 long-drum:.5 ring:.24 coin:.26 key:.28 candy:.28 egg:.28
  cookie:.3 cherries:.3 strawberry:.3 blueberries:.3 chestnut:.28 peanuts:.3 garlic:.28 moon-cake:.34 umbrella:.52 crown:.3
  top-hat:.34 graduation-cap:.38 billed-cap:.36 womans-hat:.38 wizard-hat:.4 rescue-workers-helmet:.38 military-helmet:.38
  knight-helmet:.46 headphone:.42 glasses:.32 sunglasses:.32 goggles:.34 suit:.46 armour:.46 goal-net:1 ladder:.8 traffic-light:.7
  stop-sign:.5 sword:.55 trident:.55 broom:.55 briefcase:.32 handbag:.32 luggage:.4 shopping-bags:.34 pizza:.34 microphone:.32 lantern:.4 magic-wand:.36 telescope:.56 mirror-ball:.46 wheel:.42 shopping-cart:.56 mailbox:.56
  fireworks:.85 collision:.6 fire:.46 water-wave:.7 droplet:.28 dollar-banknote:.34 firecracker:.36 zzz:.36`)

/** How it moves: four legs, two legs, wings, fins, wheels; a thing hops if it must. */
export const gaits = {
  'ground-small': 'quad',
  'ground-large': 'quad',
  fly: 'wing',
  swim: 'fin',
  road: 'wheel',
  air: 'none',
  water: 'none',
  person: 'biped',
  food: 'none',
  nature: 'none',
  sky: 'none',
  building: 'none',
  object: 'none',
  effect: 'none',
  face: 'biped',
}
export const bipeds = set(
  'penguin kangaroo monkey duck rooster turkey swan flamingo peacock dodo goose baby-chick hatching-chick gorilla orangutan t-rex beaver chipmunk',
)
export const gaitless = set('snail snake worm bug ghost alien-monster snowman mermaid merman yogi sled parachute')

const ride = set(`horse unicorn cow ox water-buffalo bison deer zebra donkey camel two-hump-camel giraffe elephant mammoth rhinoceros
  hippopotamus tiger leopard crocodile sauropod t-rex dragon turtle ewe llama pig goat dog cat swan flamingo goose snail whale shark dolphin
  seal fish eagle owl phoenix-bird dove bicycle motorcycle motor-scooter kick-scooter skateboard sled tractor rocket cloud broom canoe
  carousel-horse flying-saucer kangaroo`)
const rideIn = set(`racing-car automobile taxi bus police-car ambulance fire-engine delivery-truck articulated-lorry sport-utility-vehicle
  pickup-truck minibus locomotive bullet-train tram-car train high-speed-train trolleybus auto-rickshaw railway-car monorail airplane
  small-airplane helicopter sailboat speedboat ship ferry motor-boat passenger-ship shopping-cart bathtub`)
const ball =
  set(`soccer-ball basketball baseball volleyball american-football rugby-football pool-8-ball yo-yo game-die red-apple green-apple
  tangerine watermelon coconut peach egg potato tomato coin earth doughnut cookie bomb snowman mirror-ball flying-disc boomerang yarn melon
  onion snowflake droplet`)
const instrument = set(`guitar violin trumpet saxophone drum long-drum flute maracas microphone piano accordion banjo soccer-ball basketball
  volleyball tennis badminton ping-pong video-game joystick yo-yo chess-pawn game-die puzzle-piece laptop mobile-phone`)
const hold = set(`rose tulip sunflower bouquet balloon red-heart star kite fire lantern umbrella cherry-blossom four-leaf-clover maple-leaf
  hyacinth snowflake sparkles firecracker dollar-banknote feather speech-balloon teddy-bear`)
const notHeld =
  set(`couch-and-lamp bed door window bathtub shower toilet table podium goal-net traffic-light ladder mailbox desktop-computer suit
  armour coat dress t-shirt jeans kimono lab-coat wheel stop-sign brick shopping-cart glasses sunglasses goggles headphone`)
const burst = set('fireworks firecracker rocket bomb balloon party-popper confetti-ball')
const faller =
  set(`snowflake maple-leaf fallen-leaf cherry-blossom droplet star red-heart coin dollar-banknote candy cat dog fish pizza doughnut
  wrapped-gift fire hamburger sparkles rose musical-note balloon cookie strawberry gem-stone red-envelope feather money-bag confetti-ball
  meat-on-bone cupcake herb bubbles`)

/** What a noun can be used for, as the verbs ask for it (concepts.json: needs). */
export function tagsOf(noun, group) {
  const tags = []
  if (group === 'food' || noun === 'honey-pot') tags.push('edible')
  if ((group === 'object' && !notHeld.has(noun)) || group === 'food' || hold.has(noun)) tags.push('hold')
  if (ride.has(noun)) tags.push('ride')
  if (rideIn.has(noun)) tags.push('ride', 'ride-in')
  if (ball.has(noun)) tags.push('ball')
  if (instrument.has(noun)) tags.push('instrument')
  if (burst.has(noun)) tags.push('burst')
  if (faller.has(noun)) tags.push('faller')
  return tags
}

/**
 * Clothes: the anchor of the wearer that the garment's `grip` is laid on, and `fit`: the width, in the garment's own box
 * (2 = the whole canvas), that is to be as wide as the wearer's `fit` at that anchor.
 */
export const garments = {
  crown: ['head', 2.05],
  'top-hat': ['head', 2.0],
  'graduation-cap': ['head', 1.9],
  'billed-cap': ['head', 1.7],
  'womans-hat': ['head', 1.7],
  'wizard-hat': ['head', 1.75],
  'rescue-workers-helmet': ['head', 1.55],
  'military-helmet': ['head', 1.6],
  'knight-helmet': ['head', 1.62],
  headphone: ['eyes', 1.18],
  glasses: ['eyes', 1.9],
  sunglasses: ['eyes', 1.9],
  goggles: ['eyes', 1.9],
  scarf: ['neck', 1.5],
  suit: ['body', 1.7],
  armour: ['body', 1.7],
  coat: ['body', 1.5],
  dress: ['body', 1.2],
  't-shirt': ['body', 1.6],
  kimono: ['body', 1.6],
  'lab-coat': ['body', 1.5],
  jeans: ['body', 1.2],
  backpack: ['body', 1.9],
  'sports-medal': ['body', 2.4],
  shield: ['body', 2.6],
}
