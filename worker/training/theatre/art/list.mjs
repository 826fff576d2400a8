// The cast list of the theatre: every noun, by group, in the order that fixes its id. Append only:
// the index of a noun is its id in the trained director.

const words = (text) => text.trim().split(/\s+/)

/** Group -> nouns. A noun is the name of a Fluent Emoji unless `sources` or `drawn` says otherwise. */
export const groups = {
  'ground-small': words(`cat black-cat dog poodle rabbit mouse rat chipmunk hedgehog skunk beaver otter badger sloth kangaroo monkey pig
    goat ewe ram llama turtle lizard snail rooster duck turkey penguin crab ant beetle lady-beetle cricket scorpion spider snake
    hatching-chick baby-chick swan flamingo peacock dodo bug goose worm cockroach fox wolf hamster raccoon frog chicken koala
    cat-upright dog-upright rabbit-upright mouse-upright monkey-upright pig-upright`),
  'ground-large': words(`horse unicorn cow ox water-buffalo bison deer zebra donkey camel two-hump-camel giraffe elephant mammoth
    rhinoceros hippopotamus tiger leopard gorilla orangutan crocodile sauropod t-rex dragon lion bear polar-bear panda moose boar
    cow-upright tiger-upright horse-upright`),
  fly: words('bird eagle dove parrot owl bat butterfly honeybee mosquito fly blackbird phoenix-bird'),
  swim: words('fish tropical-fish blowfish shark dolphin whale spouting-whale octopus squid jellyfish seal shrimp lobster'),
  road: words(`racing-car automobile taxi bus police-car ambulance fire-engine delivery-truck articulated-lorry tractor
    sport-utility-vehicle pickup-truck minibus bicycle motorcycle motor-scooter kick-scooter skateboard roller-skate locomotive
    bullet-train tram-car train high-speed-train trolleybus auto-rickshaw sled railway-car monorail`),
  air: words('airplane small-airplane helicopter rocket flying-saucer parachute kite balloon satellite'),
  water: words('sailboat speedboat ship ferry motor-boat passenger-ship canoe'),
  person: words(`man woman boy girl old-man old-woman baby child person man-beard woman-blonde woman-red-hair
    astronaut robot mecha alien alien-monster ghost ninja knight pirate prince princess king santa-claus mrs-claus snowman clown
    wizard witch fairy vampire elf genie zombie superhero superheroine supervillain mermaid merman angel
    runner male-dancer female-dancer surfer cyclist rower yogi skier gymnast walker golfer weightlifter juggler basketball-player
    fencer handball-player kneeling-person police-officer detective cook scientist artist pilot firefighter farmer teacher
    student singer technologist office-worker businesswoman groom bride judge doctor nurse mechanic construction-worker
    factory-worker royal-guard woman-with-headscarf teddy-bear goblin ogre troll skeleton`),
  food: words(`red-apple green-apple banana grapes watermelon strawberry cherries peach pineapple lemon tangerine pear mango coconut
    avocado kiwi-fruit blueberries melon carrot ear-of-corn broccoli tomato eggplant potato onion garlic hot-pepper cucumber leafy-green
    bell-pepper chestnut peanuts mushroom hamburger pizza hot-dog french-fries taco burrito sandwich sushi rice-ball cooked-rice
    curry-rice steaming-bowl spaghetti pot-of-food green-salad dumpling cheese-wedge bread baguette-bread croissant bagel pretzel egg
    pancakes waffle doughnut cookie birthday-cake shortcake cupcake pie chocolate-bar candy lollipop dango ice-cream soft-ice-cream
    shaved-ice popcorn honey-pot hot-beverage teacup-without-handle bubble-tea cup-with-straw beer-mug wine-glass tropical-drink
    meat-on-bone cut-of-meat poultry-leg bacon bento-box moon-cake glass-of-milk baby-bottle bone fried-shrimp`),
  nature: words(`evergreen-tree deciduous-tree palm-tree cactus christmas-tree rose tulip sunflower cherry-blossom hibiscus blossom
    lotus hyacinth bouquet seedling potted-plant maple-leaf fallen-leaf herb four-leaf-clover sheaf-of-rice rock tanabata-tree
    pine-decoration mountain snow-capped-mountain volcano mount-fuji desert-island wood coral spiral-shell ice`),
  sky: words(`sun sun-with-face full-moon full-moon-face crescent-moon star glowing-star shooting-star cloud cloud-with-rain
    cloud-with-snow cloud-with-lightning rainbow comet ringed-planet earth tornado high-voltage snowflake`),
  building: words(`house house-with-garden houses office-building castle japanese-castle church school hospital hotel bank factory tent
    stadium tokyo-tower statue-of-liberty shinto-shrine ferris-wheel circus-tent fountain hut department-store convenience-store
    roller-coaster carousel-horse moai classical-building mosque post-office crane playground-slide street-lamp`),
  object: words(`soccer-ball basketball baseball tennis volleyball american-football rugby-football bowling pool-8-ball ping-pong
    badminton yo-yo game-die puzzle-piece chess-pawn goal-net boxing-glove guitar violin trumpet saxophone drum long-drum flute
    maracas microphone piano accordion banjo camera movie-camera television radio laptop desktop-computer mobile-phone
    telephone printer books open-book newspaper scroll love-letter e-mail pencil paintbrush artist-palette framed-picture chair table
    podium couch-and-lamp bed door window bathtub shower toilet mirror light-bulb candle lantern flashlight umbrella crown
    top-hat graduation-cap billed-cap womans-hat wizard-hat rescue-workers-helmet military-helmet knight-helmet headphone glasses
    sunglasses goggles suit armour scarf gloves coat dress t-shirt jeans kimono lab-coat running-shoe high-heeled-shoe womans-boot
    backpack briefcase handbag luggage shopping-bags shopping-cart wrapped-gift red-envelope party-popper confetti-ball trophy
    sports-medal gem-stone ring money-bag coin bomb magic-wand crystal-ball telescope microscope test-tube magnet key locked gear
    hammer wrench axe sword shield crossed-swords bow-and-arrow fishing-pole water-pistol anchor compass hourglass-done
    alarm-clock watch bell teapot jack-o-lantern clapper-board chart-increasing calendar skis ice-skate boomerang mirror-ball
    joystick video-game mailbox package loudspeaker trident flying-disc kitchen-knife fork-and-knife
    cooking broom basket bucket soap feather yarn nesting-doll pinata performing-arts wheel ladder stop-sign traffic-light
    ring-buoy pirate-flag chequered-flag brick`),
  effect: words(`red-heart sparkling-heart broken-heart heart-on-fire two-hearts sparkles dizzy collision fire fireworks droplet
    water-wave dashing-away musical-note musical-notes zzz speech-balloon thought-balloon bubbles firecracker sweat-droplets anger-symbol
    footprints paw-prints dollar-banknote hundred-points pile-of-poo cyclone thumbs-up`),
  face: words(`grinning-face face-with-tears-of-joy smiling-face-with-sunglasses smiling-face-with-heart-eyes crying-face loudly-crying-face
    pouting-face sleeping-face thinking-face partying-face exploding-head cowboy`),
}

/** Nouns whose picture has another name among the Fluent Emoji. */
export const sources = {
  'cat-upright': 'cat-face',
  'dog-upright': 'dog-face',
  'rabbit-upright': 'rabbit-face',
  'mouse-upright': 'mouse-face',
  'monkey-upright': 'monkey-face',
  'pig-upright': 'pig-face',
  'cow-upright': 'cow-face',
  'tiger-upright': 'tiger-face',
  'horse-upright': 'horse-face',
  'woman-blonde': 'woman-blonde-hair',
  king: 'person-with-crown',
  snowman: 'snowman-without-snow',
  clown: 'clown-face',
  wizard: 'man-mage',
  witch: 'woman-mage',
  fairy: 'woman-fairy',
  vampire: 'person-vampire',
  elf: 'person-elf',
  genie: 'man-genie',
  zombie: 'person-zombie',
  superhero: 'man-superhero',
  superheroine: 'woman-superhero',
  supervillain: 'person-supervillain',
  mermaid: 'woman-merpeople',
  merman: 'man-merpeople',
  angel: 'baby-angel',
  runner: 'person-running',
  'male-dancer': 'man-dancing',
  'female-dancer': 'woman-dancing',
  surfer: 'person-surfing',
  cyclist: 'person-biking',
  rower: 'person-rowing-boat',
  yogi: 'person-in-lotus-position',
  gymnast: 'person-cartwheeling',
  walker: 'person-walking',
  golfer: 'person-golfing',
  weightlifter: 'person-lifting-weights',
  juggler: 'person-juggling',
  'basketball-player': 'person-bouncing-ball',
  fencer: 'person-fencing',
  'handball-player': 'man-playing-handball',
  'kneeling-person': 'person-kneeling',
  businesswoman: 'woman-office-worker',
  groom: 'person-in-tuxedo',
  bride: 'person-with-veil',
  doctor: 'health-worker',
  nurse: 'woman-health-worker',
  'royal-guard': 'guard',
  skeleton: 'skull',
  teacher: 'man-teacher',
  earth: 'globe-showing-asia-australia',
  crane: 'building-construction',
  piano: 'musical-keyboard',
  lantern: 'red-paper-lantern',
  mailbox: 'closed-mailbox-with-raised-flag',
  trident: 'trident-emblem',
  'nesting-doll': 'nesting-dolls',
  pinata: 'piata',
  'traffic-light': 'vertical-traffic-light',
  cowboy: 'cowboy-hat-face',
  knight: 'man',
  pirate: 'man-beard',
  unicorn: 'horse',
}

/** Head-only pictures that get a body of ours: noun -> colour of the top or the fur, [r, g, b]. */
export const heads = {
  fox: [245, 139, 64],
  wolf: [164, 160, 168],
  hamster: [252, 167, 131],
  raccoon: [184, 179, 188],
  frog: [99, 207, 107],
  chicken: [245, 245, 250],
  koala: [165, 164, 173],
  lion: [214, 132, 70],
  bear: [155, 101, 99],
  'polar-bear': [230, 227, 237],
  panda: [55, 55, 70],
  moose: [165, 109, 99],
  boar: [154, 100, 95],
  'cat-upright': [252, 170, 60],
  'dog-upright': [222, 170, 120],
  'rabbit-upright': [232, 226, 240],
  'mouse-upright': [178, 172, 190],
  'monkey-upright': [150, 96, 84],
  'pig-upright': [255, 140, 170],
  'cow-upright': [235, 232, 240],
  'tiger-upright': [255, 128, 40],
  'horse-upright': [125, 82, 74],
  'black-cat-upright': [87, 69, 144],
  'leopard-upright': [253, 177, 65],
  'poodle-upright': [178, 170, 192],
  man: [60, 160, 110],
  woman: [160, 90, 220],
  boy: [60, 130, 230],
  girl: [235, 90, 150],
  'old-man': [120, 110, 100],
  'old-woman': [175, 85, 130],
  baby: [120, 200, 250],
  child: [250, 160, 40],
  person: [90, 130, 220],
  'man-beard': [190, 90, 60],
  'woman-blonde': [60, 170, 180],
  'woman-red-hair': [70, 150, 100],
  robot: [150, 160, 190],
  alien: [70, 90, 120],
  'santa-claus': [225, 40, 60],
  'mrs-claus': [215, 40, 60],
  clown: [70, 120, 240],
  goblin: [200, 30, 60],
  ogre: [150, 42, 102],
  skeleton: [70, 60, 90],
  angel: [240, 244, 255],
  knight: [150, 160, 180],
  pirate: [190, 50, 60],
  'grinning-face': [250, 150, 40],
  'face-with-tears-of-joy': [60, 170, 120],
  'smiling-face-with-sunglasses': [40, 60, 120],
  'smiling-face-with-heart-eyes': [235, 90, 110],
  'crying-face': [70, 120, 235],
  'loudly-crying-face': [150, 90, 220],
  'pouting-face': [120, 40, 50],
  'sleeping-face': [110, 120, 220],
  'thinking-face': [90, 150, 90],
  'partying-face': [235, 80, 160],
  'exploding-head': [80, 80, 110],
  cowboy: [150, 90, 50],
}

/** Heads that are people: trousers, shoes, hands of skin. The others are furry all over. */
export const humans = new Set(
  words(`man woman boy girl old-man old-woman baby child person man-beard woman-blonde woman-red-hair santa-claus
  mrs-claus clown angel knight pirate robot alien skeleton goblin ogre ${groups.face.join(' ')}`),
)

/** Waist-up pictures that get legs of ours. */
export const busts = words(`astronaut prince princess king police-officer detective cook scientist artist pilot firefighter farmer teacher
  student singer technologist office-worker businesswoman groom bride troll judge doctor nurse mechanic ninja wizard witch vampire elf genie
  zombie superhero superheroine supervillain construction-worker factory-worker royal-guard woman-with-headscarf`)

/** Figures that have a picture of their own, but are the same noun to the director: picture -> noun. */
export const guises = { 'black-cat-upright': 'cat-upright', 'poodle-upright': 'dog-upright', 'leopard-upright': 'tiger-upright' }

/** Animals that are led on four legs, and what plays them when they wear clothes. */
export const upright = {
  cat: 'cat-upright',
  'black-cat': 'cat-upright',
  dog: 'dog-upright',
  poodle: 'dog-upright',
  rabbit: 'rabbit-upright',
  mouse: 'mouse-upright',
  rat: 'mouse-upright',
  monkey: 'monkey-upright',
  pig: 'pig-upright',
  cow: 'cow-upright',
  ox: 'cow-upright',
  tiger: 'tiger-upright',
  leopard: 'tiger-upright',
  horse: 'horse-upright',
  donkey: 'horse-upright',
}
