import { z } from 'zod'

/**
 * What Discord takes, as strictly as we mean to use it: what is not listed here is a mistake. Limits: Discord's message, component,
 * interaction and application command references.
 */

const snowflake = z.string().regex(/^\d{17,20}$/)
const customId = z.string().min(1).max(100)
const text = (most: number) => z.string().min(1).max(most)

/** Message flags. */
export const flag = { suppressEmbeds: 4, ephemeral: 64, componentsV2: 32_768 } as const
const flagsOf = (...allowed: number[]) =>
  z
    .number()
    .int()
    .refine(flags => (flags & ~allowed.reduce((all, one) => all | one, 0)) === 0, 'a flag that cannot be set here')

/** Discord refuses addresses that only this machine could open. */
const address = z
  .string()
  .max(512)
  .refine(
    url => /^https?:/.test(url) && URL.canParse(url) && new URL(url).hostname.includes('.'),
    'Not a well formed URL.',
  )

const ButtonPart = z.discriminatedUnion('style', [
  z.strictObject({ type: z.literal(2), style: z.literal(2), label: text(80), custom_id: customId }),
  z.strictObject({ type: z.literal(2), style: z.literal(4), label: text(80), custom_id: customId }),
  z.strictObject({ type: z.literal(2), style: z.literal(5), label: text(80), url: address }),
  z.strictObject({ type: z.literal(2), style: z.literal(6), sku_id: snowflake }),
])
const SelectPart = z.strictObject({
  type: z.literal(3),
  custom_id: customId,
  options: z
    .array(z.strictObject({ label: text(100), value: text(100) }))
    .min(1)
    .max(25),
})
const Row = z.strictObject({
  type: z.literal(1),
  components: z
    .array(z.union([ButtonPart, SelectPart]))
    .min(1)
    .max(5)
    .refine(all => all.length === 1 || all.every(one => one.type === 2), 'a menu has a row of its own'),
})
const TextDisplay = z.strictObject({ type: z.literal(10), content: text(4000) })
const Gallery = z.strictObject({
  type: z.literal(12),
  items: z
    .array(z.strictObject({ media: z.strictObject({ url: z.string().startsWith('attachment://') }) }))
    .min(1)
    .max(10),
})
const Part = z.union([Row, TextDisplay, Gallery])
export type Part = z.infer<typeof Part>

/** Buttons and choices of a message in the order in which they are drawn. */
export const pressable = (parts: readonly Part[]): { id: string; label: string; menu: boolean }[] =>
  parts.flatMap(part =>
    part.type !== 1
      ? []
      : part.components.flatMap((one): { id: string; label: string; menu: boolean }[] => {
          if (one.type === 3) return one.options.map(({ value, label }) => ({ id: value, label, menu: true }))
          return 'custom_id' in one ? [{ id: one.custom_id, label: one.label, menu: false }] : []
        }),
  )

const unique = (ids: readonly string[]): boolean => new Set(ids).size === ids.length
const customIds = (parts: readonly Part[]): string[] =>
  parts.flatMap(part =>
    part.type === 1 ? part.components.flatMap(one => ('custom_id' in one ? [one.custom_id] : [])) : [],
  )

const Parts = z
  .array(Part)
  .refine(parts => unique(customIds(parts)), 'Component custom id cannot be duplicated')
  .refine(parts => parts.filter(part => part.type === 1).length <= 5, 'at most 5 rows')

const shared = {
  content: z.string().max(2000).nullish(),
  components: Parts.optional(),
  attachments: z.array(z.strictObject({ id: z.number().int().min(0), filename: text(260) })).optional(),
  allowed_mentions: z.strictObject({ parse: z.array(z.never()), replied_user: z.literal(false) }),
}

/** Both kinds of message at once do not go. */
const consistent = ({ content, components = [], flags = 0 }: Said): boolean =>
  flags & flag.componentsV2 ? content == null : components.every(part => part.type === 1)
const mixed = 'a message is either content with rows, or components (IS_COMPONENTS_V2)'

export interface Said {
  readonly content?: string | null | undefined
  readonly components?: readonly Part[] | undefined
  readonly flags?: number | undefined
}

const Poll = z.strictObject({
  question: z.strictObject({ text: text(300) }),
  answers: z
    .array(z.strictObject({ poll_media: z.strictObject({ text: text(55) }) }))
    .min(1)
    .max(10),
  duration: z.number().int().min(1).max(768),
  allow_multiselect: z.boolean(),
})
export type Poll = z.infer<typeof Poll>

export const NewMessage = z
  .strictObject({
    ...shared,
    poll: Poll.optional(),
    flags: flagsOf(flag.suppressEmbeds, flag.componentsV2).optional(),
    nonce: z.string().max(25).optional(),
    enforce_nonce: z.literal(true).optional(),
    message_reference: z.strictObject({ message_id: snowflake, fail_if_not_exists: z.literal(false) }).optional(),
  })
  .refine(consistent, mixed)

export const WebhookMessage = z
  .strictObject({ ...shared, flags: flagsOf(flag.suppressEmbeds, flag.componentsV2, flag.ephemeral).optional() })
  .refine(consistent, mixed)

export const ChangedMessage = z
  .strictObject({ ...shared, flags: flagsOf(flag.suppressEmbeds, flag.componentsV2).optional() })
  .refine(consistent, mixed)

const TextInput = z
  .strictObject({
    type: z.literal(4),
    custom_id: customId,
    style: z.union([z.literal(1), z.literal(2)]),
    required: z.boolean().optional(),
    max_length: z.number().int().min(1).max(4000).optional(),
    value: z.string().max(4000).optional(),
  })
  .refine(({ value = '', max_length = 4000 }) => value.length <= max_length, 'value longer than max_length')
export const Modal = z.strictObject({
  custom_id: customId,
  title: text(45),
  components: z
    .array(z.strictObject({ type: z.literal(18), label: text(45), component: TextInput }))
    .min(1)
    .max(5),
})
export type Modal = z.infer<typeof Modal>

const Choices = z.strictObject({
  choices: z.array(z.strictObject({ name: text(100), value: text(100) })).max(25),
})

/** First answers by their type. */
export const Callback = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal(4), data: WebhookMessage }),
  z.strictObject({
    type: z.literal(5),
    data: z.strictObject({ flags: flagsOf(flag.ephemeral).optional() }).optional(),
  }),
  z.strictObject({ type: z.literal(6) }),
  z.strictObject({ type: z.literal(8), data: Choices }),
  z.strictObject({ type: z.literal(9), data: Modal }),
])
