import { afterAll, beforeAll, expect, test } from 'vitest'
import { signPage } from '../../core/links.ts'
import { showLogin } from '../../core/login.ts'
import { openWebHouse, testSecret, type WebHouse } from './testing/open-web.ts'

/** The page on which the operator scans the code of a platform's account. */

let house: WebHouse
beforeAll(async () => {
  house = await openWebHouse()
  await house.web.start(async () => undefined)
})
afterAll(async () => {
  await house.web.stop()
  await house.close()
})

const page = (ends = Date.now() + 60_000, secret = testSecret): Promise<Response> =>
  fetch(house.web.address() + signPage(secret, 'wechat', ends), { headers: { 'accept-language': 'zh-CN' } })

test('shows the code while one is to be scanned, and then who is logged in', async () => {
  expect(await (await page()).text()).toContain('还没有登录')
  await showLogin(house.core, 'wechat', { state: 'scan', qr: 'https://login.weixin.qq.com/l/abc' })
  const answer = await page()
  expect(answer.headers.get('refresh')).toBe('5')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const [, code = ''] = /<img src="data:image\/png;base64,([^"]+)"/.exec(await answer.text()) ?? []
  expect(Buffer.from(code, 'base64').subarray(1, 4).toString()).toBe('PNG')
  await showLogin(house.core, 'wechat', { state: 'in', name: '影子<b>' })
  const shown = await (await page()).text()
  expect(shown).toContain('已登录：影子&#60;b&#62;。')
  expect(shown).not.toContain('<img src="data')
})

test('opens to nobody without the signature, and not for ever', async () => {
  expect((await page(Date.now() + 60_000, 'another secret of others')).status).toBe(403)
  expect((await page(Date.now() - 2_000)).status).toBe(403)
  expect((await fetch(`${house.web.address()}/operator/wechat`)).status).toBe(403)
})
