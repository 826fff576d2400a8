import { tasks } from '../core/catalogue.ts'
import { outputOf } from '../core/edit.ts'
import type { Failure } from '../core/errors.ts'
import { type Key, sentence, t } from '../core/i18n.ts'
import { cameraPresets, type Recipe, tiers } from '../core/request.ts'

/** "46 credits" */
export const credits = (locale: string, count: number): string => t(locale, 'unit.credits', { count })

/** "about 40 seconds", "about 3 minutes": rounded up, so that it is seldom too good to be true. */
export function roughly(locale: string, seconds: number): string {
  if (seconds <= 90) return t(locale, 'time.seconds', { count: Math.max(5, 5 * Math.ceil(seconds / 5)) })
  return t(locale, 'time.minutes', { count: Math.ceil(seconds / 60) })
}

/** "5 s, 9:16, high, push in": what is worth saying about a recipe in half a line. */
export function inShort(locale: string, recipe: Recipe): string {
  const joined = (parts: readonly string[]): string => parts.join(locale.startsWith('zh') ? ' · ' : ', ')
  const length = t(locale, 'recipe.length', { count: recipe.seconds })
  if (recipe.edit) {
    const format = recipe.edit.op === 'export' ? recipe.edit.format : ''
    const what = t(locale, `edit.${recipe.edit.op}`, { format: format === 'webp' ? 'WebP' : format.toUpperCase() })
    return joined(outputOf(recipe.edit) === 'image' ? [what] : [what, length])
  }
  const parts = [
    recipe.kind === 'image' ? t(locale, 'recipe.picture') : length,
    recipe.ratio,
    t(locale, `tier.${recipe.tier}`),
  ]
  if (recipe.camera) parts.push(t(locale, 'preset' in recipe.camera ? `camera.${recipe.camera.preset}` : 'camera.axes'))
  if (recipe.continues) parts.push(t(locale, 'recipe.continued'))
  else if (recipe.firstFrame && recipe.lastFrame) parts.push(t(locale, 'recipe.from-pictures'))
  else if (recipe.lastFrame) parts.push(t(locale, 'recipe.to-picture'))
  else if (recipe.firstFrame) parts.push(t(locale, 'recipe.from-picture'))
  return joined(parts)
}

/** At most so many characters of somebody's words, cut between characters people see, on one line. */
export function excerpt(text: string, most: number): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  if (line.length <= most) return line
  let kept = ''
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    line.slice(0, most + 64),
  )) {
    if (kept.length + segment.length > most - 1) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** What a platform may forbid us in a place (`refusal.permissions` lists those that are missing). */
export const permissions = ['view-channel', 'send-messages', 'send-in-threads', 'attach-files'] as const

const listed = (
  locale: string,
  kind: 'tier' | 'task' | 'permission' | 'camera',
  known: readonly string[],
  value: string | number,
): string =>
  String(value)
    .split(', ')
    .map(word => (known.includes(word) ? t(locale, `${kind}.${word}` as Key) : word))
    .join(locale.startsWith('zh') ? '、' : ', ')

/** The sentence of an expected failure, with our own ids in it said in the member's language. */
export function explain(locale: string, failure: Failure): string {
  const params = { ...failure.params }
  if (params['tiers'] !== undefined) params['tiers'] = listed(locale, 'tier', tiers, params['tiers'])
  if (params['task'] !== undefined) params['task'] = listed(locale, 'task', tasks, params['task'])
  if (params['permissions'] !== undefined)
    params['permissions'] = listed(locale, 'permission', permissions, params['permissions'])
  if (params['cameras'] !== undefined) params['cameras'] = listed(locale, 'camera', cameraPresets, params['cameras'])
  if (params['tier'] !== undefined) params['tier'] = listed(locale, 'tier', tiers, params['tier'])
  for (const field of ['option', 'value', 'command', 'model', 'near', 'word'])
    if (typeof params[field] === 'string') params[field] = excerpt(params[field], 60)
  return sentence(locale, { ...failure, params })
}
