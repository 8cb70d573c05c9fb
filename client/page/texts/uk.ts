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
  tryAgain: 'Спробувати ще раз',
  verify: 'Підтвердити',
  shares: 'Ваші дані:',
  back: 'Усі перевірки',
  chooseAnother: 'Вибрати іншу перевірку',
  language: 'Мова',

  backTo: (site) => `Повернутися до ${site}`,
  returning: (site) => `Повертаємо вас до ${site}…`,
  returnRefusedTitle: 'Це посилання не працює',
  returnRefusedText: (origin) =>
    `Воно веде на ${origin ?? 'неповну адресу'}, а це тут не дозволено. Поверніться на сайт, з якого ви прийшли, і повідомте про це: адресу потрібно додати до RETURN_ORIGINS.`,
}
