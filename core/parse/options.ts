import { UserError } from '../errors.ts'
import {
  type CameraAxis,
  type CameraPreset,
  cameraAxes,
  cameraPresets,
  promptLimit,
  type Ratio,
  ratios,
  tiers,
} from '../request.ts'
import { cameraText, combine } from './camera.ts'
import { nearest } from './nearest.ts'
import { cameraWords, ratioWords, tierWords } from './vocabulary.ts'
import { type Options, secondsLimit } from './wish.ts'

/** One `--name value` or `--name` option: how it is called, read and written. */
interface Option<K extends keyof Options> {
  readonly field: K
  /** The first is the one we print. */
  readonly names: readonly [string, ...string[]]
  /** Throws UserError `refusal.option-value` with what is allowed. */
  read(value: string): NonNullable<Options[K]>
  write(value: NonNullable<Options[K]>): string
  /** Everything up to the next option belongs to it. */
  readonly many?: true
  /** No value belongs to it: what follows are words. */
  readonly bare?: true
}

const wrong = (option: string, value: string, allowed: string, known: Iterable<string> = []): UserError => {
  const near = nearest(value, known)
  const params = { option: `--${option}`, value: value.slice(0, 40), allowed }
  return near
    ? new UserError('refusal.option-value-near', { ...params, near })
    : new UserError('refusal.option-value', params)
}

/** A whole or decimal number within bounds, ASCII digits only. */
function number(option: string, value: string, low: number, high: number, whole: boolean): number {
  const shape = whole ? /^\d{1,10}$/ : /^\d{1,4}(?:\.\d{1,4})?$/
  const found = shape.test(value) ? Number(value) : Number.NaN
  if (!(found >= low && found <= high)) throw wrong(option, value, `${low}–${high}`)
  return found
}

const oneOf = <T extends string>(
  option: string,
  value: string,
  words: ReadonlyMap<string, T>,
  all: readonly T[],
): T => {
  const found = words.get(value.toLowerCase())
  if (found === undefined) throw wrong(option, value, all.join(', '), words.keys())
  return found
}

function preset(value: string): CameraPreset {
  const spaced = value.toLowerCase().replaceAll('-', ' ')
  const found = cameraWords.get(spaced) ?? cameraWords.get(value.toLowerCase())
  if (found) return found
  throw wrong('camera', value, cameraPresets.join(', '), cameraPresets)
}

/** "push-in", "push-in+pan-left", 推近+左移, "zoom:5,pan:-2". */
function camera(value: string): NonNullable<Options['camera']> {
  if (!/[:=]/.test(value)) {
    const moves = value.split(/[,，、+＋]/u).filter(part => part !== '')
    return combine(moves.map(preset)) ?? { preset: preset(value) }
  }
  const axes: Partial<Record<CameraAxis, number>> = {}
  for (const part of value.split(/[,;]/)) {
    const [name = '', amount = ''] = part.toLowerCase().split(/[:=]/)
    const axis = cameraAxes.find(known => known === name)
    if (!axis) throw wrong('camera', name, cameraAxes.join(', '), cameraAxes)
    if (!/^[+-]?\d{1,2}$/.test(amount) || Math.abs(Number(amount)) > 10) throw wrong('camera', part, '-10…10')
    axes[axis] = Number(amount) + 0
  }
  return { axes }
}

const define = <K extends keyof Options>(option: Option<K>): Option<K> => option

/** Every option, in the order in which they are printed. */
export const options = [
  define({
    field: 'ratio',
    names: ['ar', 'ratio', 'aspect', 'aspect-ratio', '比例', '画幅'],
    read: value => oneOf<Ratio>('ar', value.replace(/[x×/]/i, ':'), ratioWords, ratios),
    write: value => value,
  }),
  define({
    field: 'seconds',
    names: ['seconds', 'duration', 'length', 'second', 'sec', '时长', '秒', '秒数'],
    read: value => number('seconds', value.toLowerCase().replace(/(?:s|sec|seconds|秒)$/, ''), 1, secondsLimit, true),
    write: String,
  }),
  define({
    field: 'tier',
    names: ['tier', 'quality', '画质', '品质', '清晰度'],
    read: value => oneOf('tier', value, tierWords, tiers),
    write: value => value,
  }),
  define({
    field: 'seed',
    names: ['seed', '种子'],
    read: value => number('seed', value, 0, 0xffffffff, true),
    write: String,
  }),
  define({
    field: 'model',
    names: ['model', '模型'],
    read(value) {
      const id = value.toLowerCase().normalize('NFKC')
      if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(id)) throw wrong('model', value, 'a–z 0–9 . _ -')
      return id
    },
    write: value => value,
  }),
  define({
    field: 'guidance',
    names: ['guidance', 'cfg', 'gs', '引导'],
    read: value => number('guidance', value, 0, 20, false),
    write: String,
  }),
  define({
    field: 'camera',
    names: ['camera', '镜头', '运镜'],
    read: camera,
    write: cameraText,
  }),
  define({
    field: 'fps',
    names: ['fps', '帧率'],
    read(value) {
      if (value === '24') return 24
      if (value === '30') return 30
      throw wrong('fps', value, '24, 30')
    },
    write: String,
  }),
  define({
    field: 'last',
    names: ['last', 'last-frame', 'end-frame', '尾帧', '最后一帧'],
    read: () => true,
    write: () => '',
    bare: true,
  }),
  define({
    field: 'negative',
    names: ['no', 'negative', 'neg', '不要', '负面'],
    read(value) {
      if (value.length > promptLimit)
        throw new UserError('refusal.prompt-too-long', { chars: value.length, limit: promptLimit })
      return value
    },
    write: value => value,
    many: true,
  }),
  define({
    field: 'like',
    names: ['like', '参照'],
    read(value) {
      if (!/^K[2-9A-HJ-NP-Z]{3,9}$/i.test(value)) throw wrong('like', value, 'K7Q2')
      return value.toUpperCase()
    },
    write: value => value,
  }),
] as const

export type AnyOption = (typeof options)[number]

const byName = new Map<string, AnyOption>(options.flatMap(option => option.names.map(name => [name, option] as const)))

/** The option of this name ("ar", "时长"), or the UserError that says which one was probably meant. */
export function optionNamed(name: string): AnyOption {
  const found = byName.get(name.toLowerCase())
  if (found) return found
  const near = nearest(name, byName.keys())
  const shown = `--${name.slice(0, 40)}`
  throw near
    ? new UserError('refusal.option-unknown-near', { option: shown, near: `--${near}` })
    : new UserError('refusal.option-unknown', { option: shown, known: options.map(o => `--${o.names[0]}`).join(' ') })
}

export const isOption = (name: string): boolean => byName.has(name.toLowerCase())
