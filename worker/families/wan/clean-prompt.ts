import { decode } from 'html-entities'

/**
 * Cleans a prompt as the reference does before it counts tokens: ftfy.fix_text, html.unescape twice, white space to single blanks.
 * ftfy's repair of mojibake (text decoded with the wrong encoding, "cafÃ©") is left out: it guesses, and chat platforms send UTF-8.
 */
export function cleanPrompt(text: string): string {
  const plain = unescapeAll(unescapeAll(fixText(text)))
  return plain.replaceAll(whiteRuns, ' ').replaceAll(/^ | $/g, '')
}

/** What Python takes for white space: JavaScript's, with NEL and without the byte order mark. */
const whiteRuns = /(?:(?!\ufeff)[\s\x85])+/g

/** ftfy works line by line; from the first line with a "<" on, entities are left to mean what a mark-up author meant. */
function fixText(text: string): string {
  let entities = true
  return text
    .split(/(?<=\n)/)
    .map(line => {
      entities &&= !line.includes('<')
      return fixLine(line, entities)
    })
    .join('')
}

function fixLine(line: string, entities: boolean): string {
  for (let text = line; ; ) {
    const before = text
    if (entities) text = unescapeExact(text)
    text = text
      .replaceAll(/[\x80-\x9f]/g, char => windows1252[char.charCodeAt(0) - 0x80] ?? char)
      .replaceAll(ligature, char => ligatures[char] ?? char.normalize('NFKC'))
      .replaceAll(/[\u3000\uff01-\uffef]/g, char => char.normalize('NFKC'))
      .replaceAll(/[\u02bc\u2018-\u201b]/g, "'")
      .replaceAll(/[\u201c-\u201f]/g, '"')
      .replaceAll(/\r\n?|[\u2028\u2029\x85]/g, '\n')
      .toWellFormed()
      .replaceAll(terminalCodes, '')
      .replaceAll(controls, '')
      .normalize('NFC')
    if (text === before) return text
  }
}

/** What browsers and ftfy read the C1 controls as; five of them stand for nothing. */
const windows1252 = [...'€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ']

/** Ligatures and digraphs of Latin letters come apart; these two are not what NFKC makes of them. */
const ligatures: Readonly<Record<string, string>> = { ŉ: 'ʼn', ﬅ: 'ſt' }
const ligature = /[ĲĳŉǄ-ǌǱ-ǳﬀ-ﬆ]/g

const terminalCodes = new RegExp(`${String.fromCodePoint(0x1b)}\\[[\\d;]*[a-zA-Z]`, 'g')

/** Controls and marks that nobody types on purpose; joiners, direction marks and flags stay. */
const controls = /(?![\t\n\f\r\x80-\x9f])\p{Cc}|[\u206a-\u206f\ufeff\ufff9-\ufffc]/gu

/** Only entities that end in a semicolon; all-caps ones of Latin letters too (&EACUTE;). */
const unescapeExact = (text: string): string =>
  text.replaceAll(/&#?[0-9A-Za-z]{1,24};/g, entity => {
    if (entity.startsWith('&#')) return /^&#(\d+|[xX][\dA-Fa-f]+);$/.test(entity) ? character(entity) : entity
    const named = named5(entity, 'strict')
    if (named !== entity || entity !== entity.toUpperCase() || unescapeAll(entity) !== entity) return named
    const lower = entity.toLowerCase()
    const small = named5(lower, 'strict')
    return small === lower ? entity : small.toUpperCase()
  })

/** As HTML does it: legacy names need no semicolon ("&copy 2024"), numbers neither. */
const unescapeAll = (text: string): string =>
  text.replaceAll(/&(?:#\d+;?|#[xX][\dA-Fa-f]+;?|[^\t\n\f <&#;]{1,32};?)/g, entity =>
    entity.startsWith('&#') ? character(entity) : named5(entity, 'body'),
  )

/** A named entity; html-entities has HTML 4's meaning of &lang; and &rang;. */
const named5 = (entity: string, scope: 'strict' | 'body'): string =>
  decode(entity, { level: 'html5', scope }).replace('\u2329', '\u27e8').replace('\u232a', '\u27e9')

/** A numeric reference by HTML's table of what is wrong and what is meant. */
function character(entity: string): string {
  const code = Number(entity.replace(/^&#/, '').replace(/^[xX]/, '0x').replace(/;$/, ''))
  if (code === 0 || (code >= 0xd800 && code <= 0xdfff) || !(code <= 0x10ffff)) return '\ufffd'
  if (code >= 0x80 && code <= 0x9f) return windows1252[code - 0x80] ?? ''
  const control = (code < 0x20 && !'\t\n\f\r'.includes(String.fromCodePoint(code))) || code === 0x7f
  const noncharacter = (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe
  return control || noncharacter ? '' : String.fromCodePoint(code)
}
