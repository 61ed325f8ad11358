// Un monde, une feuille par la fabrique, sa lecture, l'horloge. .NET 10 : dotnet run Exemple.cs
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

var ici = Environment.GetEnvironmentVariable("FSE_SIMULATOR");
var jeton = Environment.GetEnvironmentVariable("FSE_BENCH_TOKEN")!;
using var http = new HttpClient();

async Task<JsonElement> Appel(HttpMethod methode, string adresse, string porteur, string? corps = null)
{
    using var requete = new HttpRequestMessage(methode, ici + adresse);
    requete.Headers.Authorization = new AuthenticationHeaderValue("Bearer", porteur);
    requete.Headers.TryAddWithoutValidation("User-Agent", "Exemple/1.0 Editeur/exemple");
    requete.Headers.Add("FSE-Version", "2026-01-01");
    if (corps != null) requete.Content = new StringContent(corps, Encoding.UTF8, "application/json");
    using var reponse = await http.SendAsync(requete);
    var texte = await reponse.Content.ReadAsStringAsync();
    if (!reponse.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)reponse.StatusCode} {texte}");
    return texte == "" ? default : JsonDocument.Parse(texte).RootElement;
}

Task<JsonElement> Banc(HttpMethod methode, string adresse, string? corps = null) =>
    Appel(methode, "/bench/v1" + adresse, jeton, corps);

var monde = (await Banc(HttpMethod.Post, "/worlds", """{"now": "2026-11-23T09:00:00Z"}""")).GetProperty("id");
var feuille = await Banc(HttpMethod.Post, $"/worlds/{monde}/sheets", """{"state": "held"}""");
var porteur = feuille.GetProperty("tokens").GetProperty("prescriber").GetString()!;
var lue = await Appel(HttpMethod.Get, $"/w/{monde}/v1/care-sheets/{feuille.GetProperty("number")}", porteur);
Console.WriteLine($"feuille {lue.GetProperty("status")}");
var heure = await Banc(HttpMethod.Post, $"/worlds/{monde}/clock/advance", """{"seconds": 3600}""");
Console.WriteLine($"heure {heure.GetProperty("now")}");
await Banc(HttpMethod.Delete, $"/worlds/{monde}");
