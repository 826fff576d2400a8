/** Zero-width space and joiner-likes, BOM, bidi overrides and isolates, interlinear marks, noncharacters, lone halves of pairs. */
const unseen =
  /[\u200b\u200e\u200f\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]|\p{Noncharacter_Code_Point}|\p{Surrogate}/gu

/** Most of what people write has nothing to clean but blanks: printable ASCII, Han, the commonest marks. */
const clear = /^[ -~\u4e00-\u9fff，。、！？]*$/

/**
 * Text as the rest of the bot wants it: NFC, without control characters and bidi overrides, every run of blanks one space,
 * line breaks kept as one "\n". Joiners stay, because emoji and Persian need them. Cleaning twice changes nothing.
 */
export const clean = (text: string): string => (clear.test(text) ? text.replace(/ {2,}/g, ' ').trim() : thorough(text))

const thorough = (text: string): string =>
  text
    .replace(unseen, '')
    .replace(/\p{Cc}/gu, control => ('\t\n\r'.includes(control) ? control : ' '))
    .normalize('NFC')
    .replace(/\s*[\n\r\u2028\u2029]\s*/gu, '\n')
    .replace(/[^\S\n]+/gu, ' ')
    .trim()
