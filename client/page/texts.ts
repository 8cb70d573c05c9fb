import type { Locale } from '../ui/locales.ts'

const en = {
  chooseTitle: 'What would you like to verify?',
  chooseText: 'You share only what is listed, and only after you approve it in the Portmone app.',
  loading: 'Loading…',
  none: 'Nothing can be verified here at the moment.',
  networkTitle: 'No connection',
  networkText: 'Check your connection to the internet, then try again.',
  serverTitle: 'Something went wrong on our side',
  serverText: 'Please try again in a moment.',
  tryAgain: 'Try again',
  verify: 'Verify',
  asks: 'Asks for:',
  back: 'All verifications',
  language: 'Language',
}

export type PageTexts = typeof en

const uk: PageTexts = {
  chooseTitle: 'Що ви хочете підтвердити?',
  chooseText: 'Ви ділитеся лише тим, що вказано, і лише після схвалення в застосунку Portmone.',
  loading: 'Завантаження…',
  none: 'Зараз тут немає що підтверджувати.',
  networkTitle: 'Немає зв’язку',
  networkText: 'Перевірте з’єднання з інтернетом і спробуйте ще раз.',
  serverTitle: 'У нас щось пішло не так',
  serverText: 'Спробуйте ще раз за мить.',
  tryAgain: 'Спробувати ще раз',
  verify: 'Підтвердити',
  asks: 'Потрібно:',
  back: 'Усі перевірки',
  language: 'Мова',
}

const texts: Record<Locale, PageTexts> = { en, uk }

/** The texts of the page around the verification. */
export const pageTexts = (locale: Locale) => texts[locale]
