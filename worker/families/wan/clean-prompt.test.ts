import { expect, it } from 'vitest'
import { cleanPrompt } from './clean-prompt.ts'

/** What ftfy 6.3.1, html.unescape twice and Python's \s made of it. */
const rows: readonly (readonly [text: string, cleaned: string])[] = [
  ['a cat', 'a cat'],
  ['  two\u0009\u0009words \u000d\u000a and a line\u2028end ', 'two words and a line end'],
  ['“curly” ‘quotes’ it’s', "\"curly\" 'quotes' it's"],
  ['ﬁlm oﬃce ŉ ǆ ﬅ', "film office 'n dž ſt"],
  ['Ｈｅｌｌｏ，　１２３ ﾈｺ ﾄﾞｱ', 'Hello, 123 ネコ ドア'],
  ['cafe\u0301 Zu\u0308rich', 'café Zürich'],
  ['one – two — three …', 'one – two — three …'],
  ['½ ² ™ ℃ ①', '½ ² ™ ℃ ①'],
  ['fish &amp; chips &lt;now&gt; &#39;n&#39; &#x4e2d;&#25991;', "fish & chips <now> 'n' 中文"],
  ['&amp;amp;amp; &amp;lt;b&amp;gt;', '& <b>'],
  ['a <b>bold</b> &ldquo;word&rdquo;', 'a <b>bold</b> “word”'],
  ['AT&ampT &copy 2024 &notit; &unknown;', 'AT&T © 2024 ¬it; &unknown;'],
  ['&EACUTE;t&eacute; &LANG;x&rang;', 'Été ⟨x⟩'],
  ['euro \u0080 dots\u0085 \u0081', 'euro € dots… \u0081'],
  ['bell\u0007 \u001b[31mred\u001b[0m nul\u0000', 'bell red nul'],
  ['zero\u200bwidth\u200djoin\ufeffbom', 'zero\u200bwidth\u200djoinbom'],
  ['&#0; &#128; &#xD800; &#1; &#11; &#x110000;', '� € � �'],
  ['line one &lt;i\u000a&lt; <br>\u000a&lt;i', 'line one <i < <br> <i'],
  ['一只猫在花园里追蝴蝶，阳光明媚。', '一只猫在花园里追蝴蝶,阳光明媚。'],
  ['😀 🐈\u200d⬛ 🇨🇳 👍🏽', '😀 🐈\u200d⬛ 🇨🇳 👍🏽'],
  ['', ''],
  ['\u000a \u0009', ''],
]

it.each(rows)('%j is cleaned as the reference does it', (text, cleaned) => {
  expect(cleanPrompt(text)).toBe(cleaned)
})

it('is clean after once', () => {
  for (const [, cleaned] of rows) if (!/[&<]/.test(cleaned)) expect(cleanPrompt(cleaned)).toBe(cleaned)
})

it('leaves mojibake alone', () => {
  expect(cleanPrompt('cafÃ©')).toBe('cafÃ©')
})
