import { z } from 'zod'

/** Application commands, checked as Discord checks them. */

const discordLocales =
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko'.split(
    ' ',
  )
const localized = <S extends z.ZodType<string>>(words: S) =>
  z
    .record(z.string(), words)
    .refine(all => Object.keys(all).every(locale => discordLocales.includes(locale)), 'unknown locale')

const name = z
  .string()
  .regex(/^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u)
  .refine(word => word === word.toLowerCase(), 'must be lower case')
const menuName = z.string().min(1).max(32)
const description = z.string().min(1).max(100)
const words = { description, description_localizations: localized(description).optional() }
const named = { name, name_localizations: localized(name).optional() }

const choice = z.strictObject({
  name: z.string().min(1).max(100),
  name_localizations: localized(z.string().min(1).max(100)).optional(),
  value: z.string().max(100),
})
const base = { ...named, ...words, required: z.boolean().optional() }
const Option = z.discriminatedUnion('type', [
  z
    .strictObject({
      ...base,
      type: z.literal(3),
      choices: z.array(choice).min(1).max(25).optional(),
      autocomplete: z.boolean().optional(),
      min_length: z.number().int().min(0).max(6000).optional(),
      max_length: z.number().int().min(1).max(6000).optional(),
    })
    .refine(option => !(option.choices && option.autocomplete), 'choices and autocomplete'),
  z.strictObject({
    ...base,
    type: z.literal(4),
    min_value: z.number().int().optional(),
    max_value: z.number().int().optional(),
    autocomplete: z.boolean().optional(),
  }),
  z.strictObject({ ...base, type: z.literal(6) }),
  z.strictObject({ ...base, type: z.literal(11) }),
])
export type Option = z.infer<typeof Option>

const everywhere = {
  contexts: z.array(z.number().int().min(0).max(2)).optional(),
  integration_types: z.array(z.number().int().min(0).max(1)).optional(),
}

const Slash = z.strictObject({
  type: z.literal(1),
  ...named,
  ...words,
  options: z
    .array(Option)
    .max(25)
    .refine(
      all => !all.some((one, at) => one.required && all.slice(0, at).some(before => !before.required)),
      'required options come first',
    )
    .refine(all => new Set(all.map(one => one.name)).size === all.length, 'two options of one name')
    .refine(
      all => discordLocales.every(locale => distinct(all.map(one => one.name_localizations?.[locale] ?? one.name))),
      'two options of one name in a language',
    )
    .optional(),
  default_member_permissions: z.string().regex(/^\d+$/).nullable().optional(),
  ...everywhere,
})
const Menu = z.strictObject({
  type: z.literal(3),
  name: menuName,
  name_localizations: localized(menuName).optional(),
  ...everywhere,
})
export type Command = z.infer<typeof Slash> | z.infer<typeof Menu>

const distinct = (all: readonly string[]): boolean => new Set(all).size === all.length

/** All text of a command, each in its longest language: at most 8000 characters. */
function chars(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const entry = value as Record<string, unknown>
  const longest = (field: string): number => {
    const own = typeof entry[field] === 'string' ? (entry[field] as string).length : 0
    const others = Object.values((entry[`${field}_localizations`] ?? {}) as Record<string, string>)
    return Math.max(own, ...others.map(word => word.length), 0)
  }
  const inner = [...((entry['options'] as unknown[]) ?? []), ...((entry['choices'] as unknown[]) ?? [])]
  const value_ = typeof entry['value'] === 'string' ? (entry['value'] as string).length : 0
  return longest('name') + longest('description') + value_ + inner.reduce<number>((sum, one) => sum + chars(one), 0)
}

export const Commands = z
  .array(z.discriminatedUnion('type', [Slash, Menu]))
  .refine(all => all.filter(one => one.type === 1).length <= 100, 'at most 100 commands')
  .refine(all => all.filter(one => one.type === 3).length <= 15, 'at most 15 message menus')
  .refine(all => distinct(all.map(one => `${one.type} ${one.name}`)), 'two commands of one name')
  .refine(
    all =>
      discordLocales.every(locale =>
        distinct(all.map(one => `${one.type} ${one.name_localizations?.[locale] ?? one.name}`)),
      ),
    'two commands of one name in a language',
  )
  .refine(all => all.every(one => chars(one) <= 8000), 'a command of over 8000 characters')
