/** For so many seconds a start may stand still: 20 s for all of ten elements were too few at a load of 13 on 2 cores. */
export const START_WITHIN_S = 60;
