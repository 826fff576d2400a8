import { type CreditLine, editLimits } from '../../core/edit.ts'
import { t } from '../../core/i18n.ts'

/** Names to a line of the end credits (core/edit.ts `CreditLine`). */
const namesALine = 20

/** The end credits: everybody, in as many lines as it takes. Pure. */
export function creditLines(
  locale: string,
  people: readonly { readonly role: 'director' | 'takes' | 'votes' | 'music'; readonly names: readonly string[] }[],
): CreditLine[] {
  const lines = people.flatMap(({ role, names }) =>
    Array.from({ length: Math.ceil(names.length / namesALine) }, (_, i) => ({
      role: t(locale, `film.role-${role}`),
      names: names.slice(i * namesALine, (i + 1) * namesALine).map(name => name.slice(0, editLimits.nameChars)),
    })),
  )
  return lines.slice(0, editLimits.creditLines)
}
