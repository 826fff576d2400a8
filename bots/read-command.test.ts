import { describe, expect, test } from 'vitest'
import { allCommands } from './commands.ts'
import { readCommand } from './read-command.ts'

describe('commands in a line of text', () => {
  test.each([
    ['/video a cat --ar 9:16', 'video', 'a cat --ar 9:16'],
    ['!video a cat', 'video', 'a cat'],
    ['/video@ReelBot a cat', 'video', 'a cat'],
    ['/VIDEO: a cat', 'video', 'a cat'],
    ['video: a cat', 'video', 'a cat'],
    ['视频 一只猫', 'video', '一只猫'],
    ['视频：一只猫', 'video', '一只猫'],
    ['/视频一只猫 10秒', 'video', '一只猫 10秒'],
    ['/再来一次', 'again', ''],
    ['画图 一只猫', 'image', '一只猫'],
    ['动起来', 'video', ''],
    ['余额', 'credits', ''],
    ['credits', 'credits', ''],
    ['Help', 'help', ''],
    ['/start', 'help', ''],
    ['取消 #12', 'cancel', '#12'],
    ['cancel 12', 'cancel', '12'],
    ['cancel all', 'cancel', 'all'],
    ['redeem ABCD-EFGH-JKLM', 'redeem', 'ABCD-EFGH-JKLM'],
    ['settings ratio 9:16', 'settings', 'ratio 9:16'],
    ['设置 语言 中文', 'settings', '语言 中文'],
    ['/grant web:k3v9 100 for the party', 'grant', 'web:k3v9 100 for the party'],
    ['续写 它跳起来', 'extend', '它跳起来'],
    ['extend 25s', 'extend', '25s'],
    ['idea a cat goes to the moon', 'idea', 'a cat goes to the moon'],
    ['duet @bob from day to night', 'duet', '@bob from day to night'],
    ['upgrade K7Q2 high', 'upgrade', 'K7Q2 high'],
    ['配方 K7Q2', 'recipe', 'K7Q2'],
    ['升级', 'upgrade', ''],
    ['buy', 'buy', ''],
    ['/buy medium', 'buy', 'medium'],
    ['购买 medium', 'buy', 'medium'],
    ['link K7Q2-9XWB', 'link', 'K7Q2-9XWB'],
    ['绑定 k7q2-9xwb', 'link', 'k7q2-9xwb'],
    ['取消绑定', 'unlink', ''],
    ['/refund telegram/stx_1', 'refund', 'telegram/stx_1'],
    ['trim 1-4', 'trim', '1-4'],
    ['裁剪 从1到4秒', 'trim', '从1到4秒'],
    ['join #12, K7Q2 fade --title A day out', 'join', '#12, K7Q2 fade --title A day out'],
    ['拼接', 'join', ''],
    ['对比：一只猫 --画质 标准,高品质', 'compare', '一只猫 --画质 标准,高品质'],
    ['对比 一只猫 --画质 标准,高品质', 'compare', '一只猫 --画质 标准,高品质'],
    ['drafts: a cat', 'drafts', 'a cat'],
    ['caption: hello', 'caption', 'hello'],
    ['/caption hello', 'caption', 'hello'],
    ['gif webp', 'gif', 'webp'],
    ['倒放', 'reverse', ''],
  ])('%s', (text, command, rest) => expect(readCommand(text, true)).toEqual({ command, rest }))

  test.each([
    'a cat',
    'video of a cat',
    'image of a dog in the rain',
    'stop the train',
    'again the cat jumps',
    'help the old man cross the street',
    'clips of summer',
    'redeem yourself, hero',
    'settings of a dark tale',
    '视频里有一只猫',
    '取消了的婚礼',
    '进度 很慢的蜗牛',
    'grant web:k3v9 100',
    'buy flowers',
    '购买鲜花的小熊',
    'link elephant',
    'trim the hedge',
    'speed through the city at 200 km/h',
    'join the dance',
    'loop the loop',
    'cover of snow',
    '循环的四季',
    '对比 一下这两个',
    '封面女郎',
    'link rides through the woods',
    'terms of endearment',
    'paysupport',
    '发放 web:k3v9 100',
    '',
    '🐱',
  ])('%s is plain words', text => expect(readCommand(text, true)).toBeUndefined())

  test('a long line costs no time, whatever it looks like', () => {
    const from = performance.now()
    for (const line of [`trim ${'1'.repeat(9000)}!`, `join ${'1 '.repeat(4000)}x`, `loop ${'--'.repeat(4000)}`])
      readCommand(line, true)
    expect(performance.now() - from).toBeLessThan(200)
  })

  test('what is not addressed counts only as a slash command or in Chinese', () => {
    expect(readCommand('help', false)).toBeUndefined()
    expect(readCommand('video: a cat', false)).toBeUndefined()
    expect(readCommand('/nonsense', false)).toBeUndefined()
    expect(readCommand('/help', false)).toEqual({ command: 'help', rest: '' })
    expect(readCommand('余额', false)).toEqual({ command: 'credits', rest: '' })
  })

  test('an unknown command gets a suggestion', () => {
    expect(readCommand('/vidoe a cat', true)).toEqual({ unknown: 'vidoe', near: 'video' })
    expect(readCommand('/zzzzzzz', true)).toEqual({ unknown: 'zzzzzzz' })
    expect(readCommand('/constructor', true)).toMatchObject({ unknown: 'constructor' })
  })

  test('no name means two things', () => {
    const names = allCommands.flatMap(([, { en, zh }]) => [...en, ...zh])
    expect(new Set(names).size).toBe(names.length)
  })
})
