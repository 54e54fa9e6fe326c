use std::borrow::Cow;

/// The answers of a query, in order. The first two need no memory of their own: most queries have no more.
#[derive(Clone, Debug, Default)]
pub struct Answers<'a> {
    few: [Answer<'a>; 2],
    /// How many of `few` there are.
    count: u8,
    more: Vec<Answer<'a>>,
}

/// One answer of a query.
#[derive(Clone, Debug, Default)]
pub struct Answer<'a> {
    /// `Rdata`.
    pub data: Cow<'a, str>,
    /// `Type`.
    pub kind: Cow<'a, str>,
}

impl<'a> Answers<'a> {
    /// Adds one at the end.
    pub fn push(&mut self, answer: Answer<'a>) {
        match self.few.get_mut(usize::from(self.count)) {
            Some(place) => {
                *place = answer;
                self.count += 1;
            }
            None => self.more.push(answer),
        }
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Answer<'a>> {
        self.few.iter().take(usize::from(self.count)).chain(&self.more)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl<'a> FromIterator<Answer<'a>> for Answers<'a> {
    fn from_iter<I: IntoIterator<Item = Answer<'a>>>(answers: I) -> Self {
        let mut all = Self::default();
        answers.into_iter().for_each(|answer| all.push(answer));
        all
    }
}
