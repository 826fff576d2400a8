import type {
  APIActionRowComponent,
  APIButtonComponent,
  APIComponentInMessageActionRow,
  APIModalInteractionResponseCallbackData,
} from 'discord.js'
import { excerpt } from '../describe.ts'
import type { Button } from '../platform.ts'

/** Buttons as Discord draws them, and back. Limits: Discord's component reference. Pure. */

/** Discord's numbers of components and button styles. */
const component = { row: 1, button: 2, select: 3, textInput: 4, label: 18 } as const
const style = { secondary: 2, danger: 4, link: 5, premium: 6 } as const

const rowLimit = 5
const buttonsPerRow = 5
const choicesPerSelect = 25
/** More choices of one kind than a row of buttons holds become a menu. */
const fewChoices = 5
const addressLimit = 512

/** Marks the id of a button that asks for words first (keepForm in forms.ts knows which). */
const formMark = 'form|'

export const withForm = (id: string): string => formMark + id
/** Our id of what was pressed or chosen, and whether it asks for words first. */
export const pressedId = (customId: string): { id: string; form: boolean } =>
  customId.startsWith(formMark) ? { id: customId.slice(formMark.length), form: true } : { id: customId, form: false }

type Row = APIActionRowComponent<APIComponentInMessageActionRow>

/** Discord opens only addresses that somebody else could reach too. */
export function canLink(url: string): boolean {
  if (url.length > addressLimit || !URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return /^https?:$/.test(protocol) && hostname.includes('.')
}

const dangerous = (id: string): boolean => /^(?:delete|forget):/.test(id)
const verbOf = (id: string): string => id.slice(0, Math.max(0, id.indexOf(':')))

function drawn({ id, label, url, form }: Button): APIButtonComponent {
  const shown = { type: component.button, label: excerpt(label, 80) }
  if (url !== undefined) return { ...shown, style: style.link, url }
  return { ...shown, style: dangerous(id) ? style.danger : style.secondary, custom_id: form ? withForm(id) : id }
}

/** The verb of which there are more than a row of buttons holds: several jobs to cancel, several models to choose from. */
function crowded(buttons: readonly Button[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { id, url } of buttons) if (url === undefined) counts.set(verbOf(id), (counts.get(verbOf(id)) ?? 0) + 1)
  return [...counts].find(([verb, count]) => verb !== '' && count > fewChoices)?.[0]
}

/** Rows for a message: a menu where there are many of a kind, buttons for the rest. Addresses that cannot be linked are left out. */
export function rowsOf(buttons: readonly Button[], sku?: string): Row[] {
  const many = crowded(buttons)
  const isChoice = (button: Button): boolean => many !== undefined && !button.url && verbOf(button.id) === many
  const choices = buttons.filter(isChoice).slice(0, choicesPerSelect)
  const rest = buttons.filter(button => !isChoice(button) && (button.url === undefined || canLink(button.url)))
  const premium: APIButtonComponent[] =
    sku === undefined ? [] : [{ type: component.button, style: style.premium, sku_id: sku }]
  const drawnOnes = [...premium, ...rest.map(drawn)]
  const rows: Row[] = []
  if (choices.length > 0)
    rows.push({
      type: component.row,
      components: [
        {
          type: component.select,
          custom_id: 'choose',
          options: choices.map(({ id, label }) => ({ label: excerpt(label, 100), value: id })),
        },
      ],
    })
  for (let at = 0; at < drawnOnes.length && rows.length < rowLimit; at += buttonsPerRow)
    rows.push({ type: component.row, components: drawnOnes.slice(at, at + buttonsPerRow) })
  return rows
}

/** The window in which words are asked for; `title` stands above it. */
export function modalOf(
  customId: string,
  form: { readonly label: string; readonly value: string },
  title: string,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: excerpt(title, 45),
    components: [
      {
        type: component.label,
        label: excerpt(form.label, 45),
        component: {
          type: component.textInput,
          custom_id: 'words',
          style: 2,
          required: true,
          max_length: 4000,
          ...(form.value !== '' && { value: form.value.slice(0, 4000) }),
        },
      },
    ],
  }
}
