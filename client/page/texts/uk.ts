import type { PageTexts } from './index.ts'

export const uk: PageTexts = {
  chooseTitle: 'Що ви хочете підтвердити?',
  chooseText:
    'Ви ділитеся лише тим, що вказано, і лише після того, як підтвердите запит у застосунку Portmone.',
  loading: 'Завантажуємо…',
  none: 'Зараз тут немає що підтверджувати.',
  networkTitle: 'Немає зв’язку',
  networkText: 'Перевірте з’єднання з інтернетом і спробуйте ще раз.',
  serverTitle: 'У нас щось пішло не так',
  serverText: 'Спробуйте ще раз за мить.',
  brokenTitle: 'На цій сторінці сталася помилка',
  brokenText: 'Це наша помилка, не ваша. Можна спробувати ще раз.',
  tryAgain: 'Спробувати ще раз',
  verify: 'Підтвердити',
  shares: 'Ваші дані:',
  back: 'Усі перевірки',
  chooseAnother: 'Вибрати іншу перевірку',
  language: 'Мова',

  backTo: (site) => (site === null ? 'Повернутися до застосунку' : `Повернутися на ${site}`),
  returning: (site) => (site === null ? 'Повертаємо вас до застосунку…' : `Повертаємо вас на ${site}…`),
  returnRefusedTitle: 'Це посилання не працює',
  returnRefusedText:
    'Воно веде на адресу, якій ця сторінка не довіряє, тому нічого не розпочато. Повідомте про це сайт, з якого ви прийшли.',
  returnRefusedHint: 'Для розробників сайту',
  returnRefusedSetting: (origin) =>
    `Джерело (origin) адреси «return» має бути в RETURN_ORIGINS шлюзу. Тут це ${origin}.`,
  returnRefusedInvalid: '«return» має бути повною адресою, наприклад https://shop.example/verified.',
}
