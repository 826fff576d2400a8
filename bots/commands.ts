import type { Key } from '../core/i18n.ts'

/** What may follow a command's name. Slash commands, menus, the text reader and the help text are made from this. */
interface Argument {
  readonly name: string
  readonly kind: 'text' | 'job' | 'code' | 'link' | 'pack' | 'member' | 'number' | 'setting' | 'yes' | 'cut'
  readonly required?: true
}

export interface Command {
  /** First name per language is the one we show; the first English one is also its id. */
  readonly en: readonly [string, ...string[]]
  readonly zh: readonly [string, ...string[]]
  readonly args: readonly Argument[]
  readonly who: 'member' | 'operator'
  /** One line for help and menus. */
  readonly help: Key
  /** English names also work without a slash when they are the whole message. */
  readonly bare?: true
}

const define = <const C extends Record<string, Command>>(commands: C): C => commands
const words: Argument = { name: 'words', kind: 'text' }
const count: Argument = { name: 'number', kind: 'number' }
const job: Argument = { name: 'number', kind: 'job' }

/** Every command there is, in the order in which help shows them. */
export const commands = define({
  video: {
    en: ['video', 'animate'],
    zh: ['视频', '生成视频', '动起来'],
    args: [words],
    who: 'member',
    help: 'help.video',
  },
  image: {
    en: ['image', 'picture', 'draw'],
    zh: ['画图', '图片', '文生图'],
    args: [words],
    who: 'member',
    help: 'help.image',
  },
  again: {
    en: ['again', 'reroll', 'retry'],
    zh: ['再来', '再来一次', '重来'],
    args: [job],
    who: 'member',
    help: 'help.again',
    bare: true,
  },
  extend: {
    en: ['extend', 'continue'],
    zh: ['续写', '延长'],
    args: [words],
    who: 'member',
    help: 'help.extend',
    bare: true,
  },
  drafts: {
    en: ['drafts', 'draft', 'vary'],
    zh: ['草稿', '草图', '变体'],
    args: [words],
    who: 'member',
    help: 'help.drafts',
    bare: true,
  },
  idea: {
    en: ['idea', 'brainstorm'],
    zh: ['脑洞', '头脑风暴', '点子'],
    args: [words],
    who: 'member',
    help: 'help.idea',
  },
  duet: { en: ['duet'], zh: ['合拍', '双人'], args: [words], who: 'member', help: 'help.duet' },
  upgrade: {
    en: ['upgrade', 'upscale'],
    zh: ['升级', '提升画质'],
    args: [{ name: 'clip', kind: 'cut' }],
    who: 'member',
    help: 'help.upgrade',
    bare: true,
  },
  recipe: {
    en: ['recipe'],
    zh: ['配方'],
    args: [{ name: 'clip', kind: 'cut' }],
    who: 'member',
    help: 'help.recipe',
    bare: true,
  },
  compare: {
    en: ['compare'],
    zh: ['对比'],
    args: [{ name: 'clips', kind: 'cut' }],
    who: 'member',
    help: 'help.compare',
    bare: true,
  },
  join: {
    en: ['join', 'concat', 'merge'],
    zh: ['拼接', '合并'],
    args: [{ name: 'clips', kind: 'cut' }],
    who: 'member',
    help: 'help.join',
    bare: true,
  },
  trim: {
    en: ['trim'],
    zh: ['裁剪', '剪辑'],
    args: [{ name: 'range', kind: 'cut' }],
    who: 'member',
    help: 'help.trim',
    bare: true,
  },
  speed: {
    en: ['speed'],
    zh: ['变速'],
    args: [{ name: 'speed', kind: 'cut' }],
    who: 'member',
    help: 'help.speed',
    bare: true,
  },
  reverse: { en: ['reverse'], zh: ['倒放'], args: [], who: 'member', help: 'help.reverse', bare: true },
  loop: {
    en: ['loop'],
    zh: ['循环'],
    args: [{ name: 'times', kind: 'cut' }],
    who: 'member',
    help: 'help.loop',
    bare: true,
  },
  gif: {
    en: ['gif'],
    zh: ['动图'],
    args: [{ name: 'format', kind: 'cut' }],
    who: 'member',
    help: 'help.gif',
    bare: true,
  },
  cover: {
    en: ['cover'],
    zh: ['封面'],
    args: [{ name: 'moment', kind: 'cut' }],
    who: 'member',
    help: 'help.cover',
    bare: true,
  },
  music: {
    en: ['music'],
    zh: ['配乐'],
    args: [{ name: 'moment', kind: 'cut' }],
    who: 'member',
    help: 'help.music',
    bare: true,
  },
  caption: { en: ['caption', 'captions'], zh: ['加字幕'], args: [words], who: 'member', help: 'help.caption' },
  cancel: { en: ['cancel', 'stop'], zh: ['取消', '停止'], args: [job], who: 'member', help: 'help.cancel', bare: true },
  queue: {
    en: ['queue', 'progress', 'status'],
    zh: ['进度', '排队', '状态'],
    args: [],
    who: 'member',
    help: 'help.queue',
    bare: true,
  },
  credits: {
    en: ['credits', 'balance', 'wallet'],
    zh: ['余额', '灵感值', '积分'],
    args: [],
    who: 'member',
    help: 'help.credits',
    bare: true,
  },
  history: {
    en: ['history', 'clips'],
    zh: ['历史', '记录', '我的视频'],
    args: [],
    who: 'member',
    help: 'help.history',
    bare: true,
  },
  redeem: {
    en: ['redeem'],
    zh: ['兑换'],
    args: [{ name: 'code', kind: 'code', required: true }],
    who: 'member',
    help: 'help.redeem',
    bare: true,
  },
  buy: {
    en: ['buy', 'topup'],
    zh: ['购买', '充值'],
    args: [{ name: 'pack', kind: 'pack' }],
    who: 'member',
    help: 'help.buy',
    bare: true,
  },
  link: {
    en: ['link'],
    zh: ['绑定', '关联'],
    args: [{ name: 'code', kind: 'link' }],
    who: 'member',
    help: 'help.link',
    bare: true,
  },
  unlink: { en: ['unlink'], zh: ['解绑', '取消绑定'], args: [], who: 'member', help: 'help.unlink', bare: true },
  models: { en: ['models'], zh: ['模型'], args: [], who: 'member', help: 'help.models', bare: true },
  settings: {
    en: ['settings'],
    zh: ['设置'],
    args: [{ name: 'setting', kind: 'setting' }],
    who: 'member',
    help: 'help.settings',
    bare: true,
  },
  consent: {
    en: ['consent'],
    zh: ['图片授权'],
    args: [{ name: 'consent', kind: 'text' }],
    who: 'member',
    help: 'help.consent',
  },
  brush: { en: ['brush'], zh: ['运动笔刷', '笔刷'], args: [words], who: 'member', help: 'help.brush' },
  fork: { en: ['fork'], zh: ['分支', '改编'], args: [words], who: 'member', help: 'help.fork' },
  tree: {
    en: ['tree'],
    zh: ['家谱', '分支图'],
    args: [{ name: 'clip', kind: 'code' }],
    who: 'member',
    help: 'help.tree',
    bare: true,
  },
  film: { en: ['film', 'movie'], zh: ['影片', '拍电影'], args: [words], who: 'member', help: 'help.film' },
  shot: { en: ['shot', 'take'], zh: ['镜头', '接龙'], args: [words], who: 'member', help: 'help.shot' },
  vote: { en: ['vote'], zh: ['投票'], args: [count], who: 'member', help: 'help.vote' },
  choose: { en: ['choose', 'pick'], zh: ['选定', '选'], args: [count], who: 'member', help: 'help.choose' },
  chip: { en: ['chip', 'chipin'], zh: ['凑', '凑份子'], args: [count], who: 'member', help: 'help.chip' },
  reel: {
    en: ['reel'],
    zh: ['成片'],
    args: [{ name: 'reel', kind: 'cut' }],
    who: 'member',
    help: 'help.reel',
    bare: true,
  },
  help: {
    en: ['help', 'start', 'commands'],
    zh: ['帮助', '菜单', '命令'],
    args: [],
    who: 'member',
    help: 'help.help',
    bare: true,
  },
  export: { en: ['export'], zh: ['导出', '导出数据'], args: [], who: 'member', help: 'help.export', bare: true },
  forget: {
    en: ['forget', 'forgetme'],
    zh: ['忘记我', '删除数据', '遗忘'],
    args: [{ name: 'yes', kind: 'yes' }],
    who: 'member',
    help: 'help.forget',
    bare: true,
  },
  paysupport: { en: ['paysupport'], zh: ['支付帮助', '付款帮助'], args: [], who: 'member', help: 'help.paysupport' },
  terms: { en: ['terms'], zh: ['条款', '服务条款'], args: [], who: 'member', help: 'help.terms' },
  grant: {
    en: ['grant'],
    zh: ['发放'],
    args: [
      { name: 'member', kind: 'member', required: true },
      { name: 'credits', kind: 'number', required: true },
      { name: 'reason', kind: 'text' },
    ],
    who: 'operator',
    help: 'help.grant',
  },
  codes: {
    en: ['codes', 'code'],
    zh: ['兑换码'],
    args: [
      { name: 'credits', kind: 'number', required: true },
      { name: 'how-many', kind: 'number' },
      { name: 'uses', kind: 'number' },
    ],
    who: 'operator',
    help: 'help.codes',
  },
  ban: {
    en: ['ban'],
    zh: ['封禁'],
    args: [
      { name: 'member', kind: 'member', required: true },
      { name: 'reason', kind: 'text' },
    ],
    who: 'operator',
    help: 'help.ban',
  },
  unban: {
    en: ['unban'],
    zh: ['解封'],
    args: [{ name: 'member', kind: 'member', required: true }],
    who: 'operator',
    help: 'help.unban',
  },
  refund: {
    en: ['refund'],
    zh: ['退款'],
    args: [{ name: 'charge', kind: 'text', required: true }],
    who: 'operator',
    help: 'help.refund',
  },
  takedown: {
    en: ['takedown'],
    zh: ['下架'],
    args: [{ name: 'clip', kind: 'text', required: true }],
    who: 'operator',
    help: 'help.takedown',
  },
  adult: {
    en: ['adult'],
    zh: ['成人'],
    args: [{ name: 'switch', kind: 'text' }],
    who: 'operator',
    help: 'help.adult',
  },
  announce: {
    en: ['announce'],
    zh: ['公告'],
    args: [{ name: 'words', kind: 'text', required: true }],
    who: 'operator',
    help: 'help.announce',
  },
  stats: { en: ['stats'], zh: ['统计'], args: [], who: 'operator', help: 'help.stats' },
})
export type CommandName = keyof typeof commands

/** The commands as a list of name and entry, typed. */
export const allCommands = Object.entries(commands) as [CommandName, Command][]
