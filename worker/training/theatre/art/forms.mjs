// Inflected forms of listed words, for the few kinds that a parser cannot undo by cutting endings.

const base = 0xac00,
  vowels = 21,
  finals = 28
const open = (syllable) => {
  const code = syllable.charCodeAt(0) - base
  return { first: Math.floor(code / (vowels * finals)), vowel: Math.floor(code / finals) % vowels, last: code % finals }
}
const join = ({ first, vowel, last }) => String.fromCharCode(base + (first * vowels + vowel) * finals + last)
const [nieun, rieul, bieup] = [4, 8, 17]
const bright = new Set([0, 8])

/** Contracted vowel of a stem that ends in one, before -a/-eo: e -> e, i -> yeo, u -> wo, eu -> eo, o -> wa. */
const contracted = { 0: 0, 1: 1, 4: 4, 5: 5, 6: 6, 8: 9, 11: 10, 13: 14, 16: 16, 18: 4, 20: 6 }

/**
 * A Korean verb in -da -> the forms of everyday sentences: -neun, -nda/-neunda, -go, -myeo, -eo, -eoseo, -eossda. Regular verbs,
 * hada verbs and those that lose a final rieul; irregular forms are listed by hand.
 */
export function koreanForms(word) {
  const stem = word.slice(0, -1)
  const last = stem.at(-1)
  if (!last || last < '가' || last > '힣' || stem.endsWith('있')) return []
  const head = stem.slice(0, -1)
  const end = open(last)
  // Already conjugated: 쫓는다, 날아간다.
  if (stem.endsWith('는') || (end.last === nieun && stem.length > 1 && !/[안신]$/.test(stem))) return []
  if (last === '하') return ['하는', '한다', '하고', '하며', '해', '해서', '했다', '합니다', '하면서', '하는 중'].map((form) => head + form)
  const forms = [`${stem}고`, `${stem}면서`]
  if (end.last === 0) {
    forms.push(`${stem}는`, head + join({ ...end, last: nieun }) + '다', `${stem}며`, head + join({ ...end, last: bieup }) + '니다')
    const vowel = contracted[end.vowel]
    if (vowel !== undefined && last !== '르') forms.push(head + join({ ...end, vowel }), head + join({ ...end, vowel }) + '서')
  } else if (end.last === rieul) {
    const bare = head + join({ ...end, last: 0 })
    forms.push(
      `${bare}는`,
      head + join({ ...end, last: nieun }) + '다',
      head + join({ ...end, last: bieup }) + '니다',
      `${stem}며`,
      stem + (bright.has(end.vowel) ? '아' : '어'),
    )
  } else
    forms.push(
      `${stem}는`,
      `${stem}는다`,
      `${stem}으며`,
      stem + (bright.has(end.vowel) ? '아' : '어'),
      stem + (bright.has(end.vowel) ? '아서' : '어서'),
    )
  return forms
}

/** Cases of a Russian noun in -la, -lya, -l': the parser's stemmer takes the l for a past tense. */
export function russianForms(word) {
  const stem = word.slice(0, -1)
  const endings = {
    а: ['у', 'ы', 'е', 'ой', 'ам', 'ами', 'ах'],
    я: ['ю', 'и', 'е', 'ей', 'ям', 'ями'],
    ь: ['я', 'ю', 'е', 'и', 'ем', 'ём', 'ью', 'ей', 'ям'],
  }
  return (endings[word.at(-1)] ?? []).map((ending) => stem + ending)
}
