import type { Texts } from '../languages.ts'

// A no-break space follows one-letter words and separates a number from its noun.
export const uk: Texts = {
  verified: 'Перевірку пройдено',
  verifiedTitle: 'Перевірку пройдено',
  verifiedText: 'Ця сторінка доступна клієнтам, які пройшли перевірку. Ось що ми перевірили:',
  passed: 'пройдено',
  notKept: 'Ми перевірили надані вами дані й\u00a0не зберігаємо їх.',

  notVerified: 'Перевірку не пройдено',
  notVerifiedTitle: 'Щоб відкрити цю сторінку, пройдіть перевірку',
  notVerifiedText:
    'У\u00a0цьому браузері ви ще не проходили перевірку, термін її дії минув або браузер блокує файли cookie.',
  start: 'Пройти перевірку',

  expired: 'Термін дії перевірки минув',
  expiredTitle: 'Термін дії вашої перевірки минув',
  expiredText: 'Для вашої безпеки ця сторінка доступна лише кілька хвилин після перевірки.',
  startAgain: 'Пройти перевірку ще раз',

  originNotAllowed: 'Помилка налаштування',
  originNotAllowedTitle: 'Сайт налаштовано неправильно',
  originNotAllowedText:
    'Ви перейшли з\u00a0вебадреси, яку ця сторінка не приймає, тому ми не можемо її відкрити. Це не ваша помилка. Повідомте про це сайт, з\u00a0якого ви перейшли.',
}
