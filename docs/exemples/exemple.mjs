// Un monde, une feuille par la fabrique, sa lecture, l'horloge. Node 18 ou plus : node exemple.mjs
const { FSE_SIMULATOR: ici, FSE_BENCH_TOKEN: jeton } = process.env;

async function appel(methode, adresse, porteur, corps) {
  const entetes = { Authorization: `Bearer ${porteur}`, "User-Agent": "Exemple/1.0 Editeur/exemple", "FSE-Version": "2026-01-01" };
  if (corps) entetes["Content-Type"] = "application/json";
  const reponse = await fetch(ici + adresse, { method: methode, headers: entetes, body: corps && JSON.stringify(corps) });
  if (!reponse.ok) throw new Error(`${reponse.status} ${await reponse.text()}`);
  return reponse.status === 204 ? null : reponse.json();
}

const banc = (methode, adresse, corps) => appel(methode, `/bench/v1${adresse}`, jeton, corps);
const monde = (await banc("POST", "/worlds", { now: "2026-11-23T09:00:00Z" })).id;
const feuille = await banc("POST", `/worlds/${monde}/sheets`, { state: "held" });
const lue = await appel("GET", `/w/${monde}/v1/care-sheets/${feuille.number}`, feuille.tokens.prescriber);
console.log(`feuille ${lue.status}`);
console.log(`heure ${(await banc("POST", `/worlds/${monde}/clock/advance`, { seconds: 3600 })).now}`);
await banc("DELETE", `/worlds/${monde}`);
