import { type CameraPreset, cameraPresets, type Ratio, ratios, type Tier, tiers } from '../request.ts'

/**
 * Words that stand for a setting. Strong ones say nothing else in practice; weak ones ("portrait", "大师") are also ordinary
 * words, so they count only where they stand alone between commas or beside a strong one (words.ts).
 */
interface Entry<T> {
  readonly value: T
  readonly strong?: readonly string[]
  readonly weak?: readonly string[]
  /** Too ordinary to be heard in a sentence: understood only where a setting is named ("--tier high", "--camera follow"). */
  readonly named?: readonly string[]
}

const ratioEntries: readonly Entry<Ratio>[] = [
  { value: '9:16', strong: ['9:16', '竖屏', '竖版', '竖屏视频'], weak: ['portrait', 'vertical', '纵向'] },
  { value: '16:9', strong: ['16:9', '横屏', '横版', '宽屏'], weak: ['landscape', 'horizontal', 'widescreen', '横向'] },
  { value: '1:1', strong: ['正方形画幅', '方形画幅'], weak: ['1:1', 'square', '方形', '正方形'] },
  { value: '4:3', weak: ['4:3'] },
  { value: '3:4', weak: ['3:4'] },
  { value: '21:9', strong: ['21:9', '电影宽幅'], weak: ['ultrawide', '宽幅'] },
]

const tierEntries: readonly Entry<Tier>[] = [
  { value: 'standard', strong: ['720p', '标准画质', '标清'], weak: ['standard quality'], named: ['标准'] },
  {
    value: 'high',
    strong: ['1080p', '高品质', '高画质', '高质量'],
    weak: ['high quality', '高清'],
    named: ['高'],
  },
  {
    value: 'master',
    strong: ['大师画质', '大师模式', '大师版'],
    weak: ['master quality', '大师', '大师级'],
  },
]

const cameraEntries: readonly Entry<CameraPreset>[] = [
  {
    value: 'push-in',
    strong: ['推近', '镜头推近', '镜头推进', '镜头拉近'],
    weak: ['push in', 'zoom in', 'dolly in', 'camera push in', 'camera pushes in', 'camera zooms in', '拉近'],
    named: ['推进'],
  },
  {
    value: 'pull-out',
    strong: ['拉远', '镜头拉远', '镜头推远'],
    weak: ['pull out', 'zoom out', 'dolly out', 'camera pulls out', 'camera pulls back', 'camera zooms out', '推远'],
    named: ['pull back'],
  },
  {
    value: 'pan-left',
    strong: ['镜头左移', '左摇', '左移'],
    weak: ['pan left', 'truck left', 'camera pans left', 'camera moves left'],
    named: ['move left', '向左移'],
  },
  {
    value: 'pan-right',
    strong: ['镜头右移', '右摇', '右移'],
    weak: ['pan right', 'truck right', 'camera pans right', 'camera moves right'],
    named: ['move right', '向右移'],
  },
  {
    value: 'crane-up',
    strong: ['镜头上升', '镜头升起', '镜头上移', '升降镜头', '升降'],
    weak: ['crane up', 'crane shot', 'camera rises'],
    named: ['crane', 'rise', '上升', '上移'],
  },
  {
    value: 'crane-down',
    strong: ['镜头下降', '镜头下移'],
    weak: ['crane down', 'camera descends'],
    named: ['下降', '下移'],
  },
  {
    value: 'orbit',
    strong: ['环绕', '镜头环绕', '环绕镜头', '环绕拍摄'],
    weak: ['orbit shot', 'camera orbit', 'camera orbits'],
    named: ['orbiting'],
  },
  {
    value: 'follow',
    strong: ['跟拍', '镜头跟随', '跟随镜头'],
    weak: ['follow shot', 'tracking shot', 'camera follows', 'camera following'],
    named: ['following', '跟随'],
  },
  {
    value: 'handheld',
    strong: ['手持镜头', '手持拍摄', '手持'],
    weak: ['handheld', 'handheld camera', 'handheld shot'],
    named: ['hand-held'],
  },
  {
    value: 'fixed',
    strong: ['固定镜头', '固定机位', '镜头固定', '固定'],
    weak: ['fixed camera', 'static camera', 'static shot'],
  },
  { value: 'zoom-fast', strong: ['快速推近'], weak: ['zoom fast', 'fast zoom', 'crash zoom', 'quick zoom'] },
]

/** Of a picture that comes with the words: it is where the clip ends. */
const lastEntries: readonly Entry<true>[] = [
  {
    value: true,
    strong: ['尾帧', '作为尾帧', '作为最后一帧', '以这张图结尾', 'as the last frame', 'as last frame'],
    weak: ['最后一帧', 'last frame', 'end on this', 'end on this picture'],
  },
]

/** What one of these words sets, and whether it needs company. */
export interface Meaning {
  readonly field: 'ratio' | 'tier' | 'camera' | 'last'
  readonly value: string | true
  readonly strong: boolean
}

const meaningsOf = (field: Meaning['field'], entries: readonly Entry<Meaning['value']>[]): [string, Meaning][] =>
  entries.flatMap(({ value, strong = [], weak = [] }) => [
    ...strong.map((word): [string, Meaning] => [word, { field, value, strong: true }]),
    ...weak.map((word): [string, Meaning] => [word, { field, value, strong: false }]),
  ])

/** Every such word, lower-case and NFKC. */
export const vocabulary: ReadonlyMap<string, Meaning> = new Map([
  ...meaningsOf('ratio', ratioEntries),
  ...meaningsOf('tier', tierEntries),
  ...meaningsOf('camera', cameraEntries),
  ...meaningsOf('last', lastEntries),
])

const lookUp = <T extends string>(entries: readonly Entry<T>[], own: readonly T[]): ReadonlyMap<string, T> =>
  new Map([
    ...entries.flatMap(({ value, strong = [], weak = [], named = [] }) =>
      [...strong, ...weak, ...named].map((word): [string, T] => [word, value]),
    ),
    ...own.map((value): [string, T] => [value, value]),
  ])

/** For `--ar`, `--tier`, `--camera` and for settings: every spelling of a value. */
export const ratioWords = lookUp(ratioEntries, ratios)
export const tierWords = lookUp(tierEntries, tiers)
export const cameraWords: ReadonlyMap<string, CameraPreset> = lookUp(cameraEntries, cameraPresets)
