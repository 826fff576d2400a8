const thanks =
  /^(?:(?:many )?thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|nice(?: one)?|cool|great|awesome|amazing|lovely|love it|wow|lol|(?:ha){2,}h?|ok(?:ay)?|good(?: bot| job)?|谢+谢*你?|多谢|感谢|哈{2,}|厉害了?|不错|好看|真好看|太?棒了?|牛|赞|好的?)$/iu
const greeting =
  /^(?:hi|hello|hey|hey there|hi there|good (?:morning|evening|afternoon)|你好|您好|嗨|哈喽|早上好|晚上好|在吗)$/iu

export type Courtesy = 'thanks' | 'greeting'

/** What people say to be kind rather than to get a clip; only if it is all they say. */
export function courtesyOf(text: string): Courtesy | undefined {
  const parts = text
    .split(/(?:\p{P}|\p{S}|\p{Extended_Pictographic}|\u{fe0f}|\n)+/u)
    .map(part => part.trim())
    .filter(part => part !== '')
  if (parts.length === 0 || !parts.every(part => thanks.test(part) || greeting.test(part))) return undefined
  return parts.some(part => greeting.test(part)) ? 'greeting' : 'thanks'
}
